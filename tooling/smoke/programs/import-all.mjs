// Imports the packages that it is told.
for (const name of process.argv.slice(2)) await import(name)
