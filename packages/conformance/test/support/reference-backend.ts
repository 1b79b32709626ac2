// The suite is tried on core's small test backend. It is no part of core's published files, so there is no name to import it by.
// @boundaries-ignore core's test backend is borrowed by its path, here and nowhere else
export { reference } from '../../../core/test/support/reference-backend.js'
