// Writes more than anyone wants to read, as a library in it might.
for (let i = 0; i < 5000; i++) {
  process.stdout.write(`out ${i}\n`)
  process.stderr.write(`err ${i}${i === 50 ? '!'.repeat(10_000) : ''}\n`)
}
process.disconnect()
