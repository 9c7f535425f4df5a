// Answers from paper, typed without looking up: the cursor goes on by itself, and the words of what was typed appear.
const sheet = document.querySelector('[data-sheet]')
const nonAnswers = JSON.parse(sheet.querySelector('[data-non-answers]').dataset.nonAnswers)
const fields = [...sheet.querySelectorAll('[data-answer]')]

const said = (field) => {
  const options = JSON.parse(field.dataset.answer)
  const typed = field.value.trim().toLowerCase()
  if (typed in options) return options[typed] || typed
  return nonAnswers[typed] || ''
}

// "1" may become "10": then only Enter, Tab or another key says that it is whole.
const isWhole = (field) => {
  const typed = field.value.trim().toLowerCase()
  const others = Object.keys(JSON.parse(field.dataset.answer)).filter((code) => code !== typed)
  return said(field) && !others.some((code) => code.startsWith(typed))
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
    field.toggleAttribute('aria-invalid', Boolean(field.value) && !said(field))
    if (isWhole(field)) goOn(field)
  })
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault() // a reader's or a hand's Enter is no "keep"
    goOn(field)
  })
}
