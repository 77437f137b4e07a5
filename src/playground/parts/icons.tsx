// Drawn, so that they look alike everywhere.
const PATHS = {
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z',
  step: 'M6 5.5v13l8.5-6.5zM15.6 5.5H19v13h-3.4z',
  again: 'M12 5a7 7 0 1 0 7 7h-2.4A4.6 4.6 0 1 1 12 7.4V11l5.4-4.6L12 2z',
  camera:
    'M12 8.2A3.8 3.8 0 1 0 12 15.8 3.8 3.8 0 0 0 12 8.2zM4 4h5v2H6v3H4zM15 4h5v5h-2V6h-3zM4 15h2v3h3v2H4zM18 15h2v5h-5v-2h3z',
} as const

export const Icon = ({ name }: { name: keyof typeof PATHS }) => (
  <svg class="pg-icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)
