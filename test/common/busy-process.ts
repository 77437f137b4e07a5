// A child that says that it is there and then never looks again.
process.send!('up')
const forever = Number.POSITIVE_INFINITY
for (let turns = 0; turns < forever; turns++);
