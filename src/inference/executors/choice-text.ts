// Choices as text, to tell equal ones: a session's is the same object at every step, so it is written once.
const texts = new WeakMap<object, string>()

export function choiceText(choice: unknown): string {
  if (typeof choice !== 'object' || choice === null) return JSON.stringify(choice)
  const known = texts.get(choice)
  if (known !== undefined) return known
  const text = JSON.stringify(choice)
  texts.set(choice, text)
  return text
}
