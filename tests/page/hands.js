// Runs inside of a page with pictures: what a keyboard, a narrow window and a pair of eyes would find is said on the console.
'use strict';
const wrong = (what) => console.error(what);

for (const figure of document.querySelectorAll('figure.chart')) {
  const stage = figure.querySelector('.stage');
  const of = figure.dataset.label;
  const press = (key) => stage.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const at = () => Number(stage.getAttribute('aria-valuenow'));
  if (stage.tabIndex !== 0 || stage.getAttribute('role') !== 'slider') wrong(`${of}: not reached by keyboard`);
  press('End');
  if (at() !== Number(figure.dataset.count)) wrong(`${of}: End does not lead to the end`);
  press('ArrowRight');
  press('Home');
  press('ArrowRight');
  if (at() !== 2) wrong(`${of}: an arrow is not one step`);
  const said = stage.getAttribute('aria-valuetext');
  const shown = figure.querySelector('.readout').textContent.replaceAll(/\s+/g, ' ');
  if (!said || said.includes('undefined') || !said.split(', ').every((part) => shown.includes(part.trim()))) {
    wrong(`${of}: "${said}" is not what is shown: "${shown}"`);
  }
  if (figure.querySelector('.cursor').hidden) wrong(`${of}: no cursor`);
  for (const group of ['.mark', '.times span']) apart(figure, [...figure.querySelectorAll(group)], `${of}: ${group}`);
  for (const scale of figure.querySelectorAll('.scale')) apart(figure, [...scale.children], `${of}: scale`);
}

// No label may stand on another.
function apart(figure, labels, of) {
  const boxes = labels.map((label) => [label.textContent, label.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  boxes.forEach(([one, a], number) => {
    for (const [other, b] of boxes.slice(number + 1)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 0.5 && down > 1) wrong(`${of}: "${one}" stands on "${other}"`);
    }
  });
}

if (document.documentElement.scrollWidth > window.innerWidth) {
  wrong(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
}
