// Answers from paper, typed without looking up: the cursor goes on by itself, and the words of what was typed appear.
const sheet = document.querySelector('[data-sheet]')
const fields = [...sheet.querySelectorAll('[data-answers]')]

const typed = (field) => field.value.trim().toLowerCase()
const answers = (field) => JSON.parse(field.dataset.answers)
const said = (field) => (typed(field) in answers(field) ? answers(field)[typed(field)] || typed(field) : '')

// "1" may become "10": then only Enter, Tab or another key says that it is whole.
const isWhole = (field) => {
  const longer = Object.keys(answers(field)).filter((code) => code !== typed(field) && code.startsWith(typed(field)))
  return said(field) && !longer.length
}

const goOn = (field) => {
  const next = fields[fields.indexOf(field) + 1] || sheet.querySelector('[name="text"]')
  next.focus()
  if (next.select) next.select()
}

for (const field of fields) {
  const shown = document.getElementById(`${field.id}-said`)
  if (field.value && said(field)) shown.textContent = said(field)
  field.addEventListener('input', () => {
    shown.textContent = said(field)
    field.setAttribute('aria-invalid', String(Boolean(field.value) && !said(field)))
    if (isWhole(field)) goOn(field)
  })
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault() // a reader's or a hand's Enter is no "keep"
    goOn(field)
  })
}
