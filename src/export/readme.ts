// The card as the README.md of the bundle's folder, so that the folder as it is can be kept on a hub of models.
import type { CardFacts } from './card.ts'
import { frontMatter } from './front-matter.ts'

/** @param card of card.ts */
export const readmeOf = (facts: CardFacts, card: string): string =>
  `${frontMatter(facts)}${card.trimEnd()}\n\n${USE}`

const USE = `## Use

This folder is whole: \`manifest.json\` says what each file is. Of a checkout of the program, \`npm ci\` first:

\`\`\`sh
npm run models -- import FOLDER   # checks it and makes it the next version in models/
npm start                         # serves it
\`\`\`

In Python with ONNX Runtime and the checkout's \`clients/python\`, without a server:

\`\`\`python
import json
from dima.local import LocalModel

example = json.load(open("FOLDER/examples.json"))[0]
reply = LocalModel("FOLDER").rollout(example["starts"], example["actions"], seed=7)
\`\`\`
`
