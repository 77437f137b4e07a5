// npm run notice: NOTICE, the licence of every package that a production install may bring, from package-lock.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

interface LockedPackage {
  version: string
  license?: string
  dev?: boolean
}
interface Lock {
  packages: Record<string, LockedPackage & { dependencies?: Record<string, string> }>
}

const HEAD = `DIMA is licensed under the Apache License 2.0, see LICENSE.

It uses the packages below, each under its own licence. None is copied into this repository or changed: npm installs
them from their publishers, with the text of their licence. Whoever passes an installation on, for example as a container
image, passes them on too, and has to keep those texts and to meet those terms.

libvips, which \`sharp\` brings as @img/sharp-libvips-PLATFORM, is under the GNU Lesser General Public License 3.0 or later,
as are glib, pango, librsvg, fribidi, libheif and libexif in it; the README of that package lists all its parts. It is a
shared library that sharp links dynamically, so it can be replaced by another build of it; the packages of sharp for Windows
and WebAssembly have it in themselves. Its sources and how it is built: https://github.com/lovell/sharp-libvips. Only
\`npm run render\` loads it.

h5wasm is developed by the National Institute of Standards and Technology, is not subject to copyright protection within
the United States, and contains HDF5 of The HDF Group; its LICENSE.txt has the terms of both.
`

/** The whole file. A package without a licence is for a person to look at. */
export function notice(lock: Lock): string {
  const direct = new Set(Object.keys(lock.packages['']?.dependencies ?? {}))
  const installed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev)
  const packages = installed.map(([path, { version, license }]) => {
    const name = path.split('node_modules/').at(-1)!
    if (!license) throw new Error(`${path} has no licence in package-lock.json: look it up`)
    return { name, license, text: `${name} ${version}` }
  })
  const [named, brought] = [
    packages.filter(({ name }) => direct.has(name)),
    packages.filter(({ name }) => !direct.has(name)),
  ]
  return [
    HEAD,
    title('Packages that DIMA names'),
    byLicence(named),
    title('Packages that those bring, of which an installation has the ones for its platform'),
    byLicence(brought),
  ].join('\n')
}

const title = (text: string): string => `${text}\n${'-'.repeat(text.length)}\n`

function byLicence(packages: readonly { license: string; text: string }[]): string {
  const licences = [...new Set(packages.map(({ license }) => license))].sort()
  const sections = licences.map((licence) => {
    const texts = packages.filter(({ license }) => license === licence).map(({ text }) => text)
    return `${licence}:\n${[...new Set(texts)]
      .sort()
      .map((text) => `  ${text}\n`)
      .join('')}`
  })
  return sections.join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('NOTICE', notice(JSON.parse(readFileSync('package-lock.json', 'utf8'))))
