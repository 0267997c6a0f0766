import { createHash } from 'node:crypto';

/**
 * Makes the headings of the table of runs sort it: buttons, so that keys work; empty cells last; equal ones as before.
 * It reads and moves rows of this page and does nothing else.
 */
export const sortScript = `for(const table of document.querySelectorAll('table.sortable')){
const body=table.tBodies[0],heads=[...table.tHead.rows[0].cells];
const order=[...body.rows];
heads.forEach((head,k)=>{
const button=document.createElement('button');
button.type='button';
button.append(...head.childNodes);
head.append(button);
button.addEventListener('click',()=>{
const up=head.getAttribute('aria-sort')==='descending'||(!head.hasAttribute('aria-sort')&&!order.some(row=>row.cells[k].className==='number'));
for(const other of heads)other.removeAttribute('aria-sort');
head.setAttribute('aria-sort',up?'ascending':'descending');
const key=row=>row.cells[k].dataset.key;
const number=order.every(row=>key(row)===undefined||row.cells[k].className==='number');
body.append(...[...order].sort((a,b)=>{
const x=key(a),y=key(b);
if(x===undefined||y===undefined)return (x===undefined)-(y===undefined);
return (number?x-y:x.localeCompare(y,'en'))*(up?1:-1);
}));
});
});
}`;

/** Source expression that lets a page's policy run this script and no other. */
export function sortScriptHash(): string {
  return `'sha256-${createHash('sha256').update(sortScript, 'utf8').digest('base64')}'`;
}
