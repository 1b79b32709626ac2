export * from '@neurite/conformance'
