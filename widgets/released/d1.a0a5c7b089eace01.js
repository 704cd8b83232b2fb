(()=>{'use strict';try{const tag=document.currentScript,show=JSON.parse(tag.dataset.show);if(document.querySelector(`[data-ricochet-widget="${show.id}"]`))return;const later=(act)=>(...given)=>{try{return act(...given);}catch{}};const make=(name,attributes={},...inside)=>{const node=document.createElement(name);for(const[key,value]of Object.entries(attributes))node.setAttribute(key,value);node.append(...inside);return node;};const draw=(size,shapes,css='')=>{const space='http://www.w3.org/2000/svg';const svg=document.createElementNS(space,'svg');for(const[key,value]of Object.entries({viewBox:size,'aria-hidden':'true',class:css})){svg.setAttribute(key,value);}
for(const[name,attributes]of shapes){const shape=document.createElementNS(space,name);for(const[key,value]of Object.entries(attributes))shape.setAttribute(key,String(value));svg.append(shape);}
return svg;};const hex=(value)=>(/^#[\da-f]{6}$/i.test(value)?value:'#0f6170');const safe=(address)=>{const url=new URL(address,location.href);return/^https?:$/.test(url.protocol)?url.href:show.url;};const RINGS=[[28,3,0.55],[58,2.4,0.4],[92,1.8,0.28],[128,1.2,0.18]];const rings=()=>draw('0 0 129 129',RINGS.map(([r,width,opacity])=>['circle',{cx:129,cy:0,r,'stroke-width':width,'stroke-opacity':opacity},]),'rings');const logo=()=>draw('0 0 34 20',[['path',{d:'M2 17A7 12.5 0 0 1 16 17A4.5 8 0 0 1 25 17A2.8 5 0 0 1 30.6 17'}],['circle',{cx:30.8,cy:6.5,r:2.5}],],'logo');const STYLE=`
:host{all:initial!important;position:fixed!important;right:0!important;bottom:0!important;left:0!important;z-index:2147483000!important;
display:block!important;height:0!important;color-scheme:inherit!important;
--surface:#fff;--text:#17211f;--text-2:#55605d;--lac:#0f6170;--stone:#e0673a;--link:${hex(show.colors.text_light)};
--brand:${hex(show.colors.brand)};--ink:${hex(show.colors.brand_ink)}}
@supports(color:light-dark(#000,#fff)){:host{--surface:light-dark(#fff,#1c2829);--text:light-dark(#17211f,#e7edeb);
--text-2:light-dark(#55605d,#a3b2b0);--lac:light-dark(#0f6170,#74c7d2);--stone:light-dark(#e0673a,#f0936b);
--link:light-dark(${hex(show.colors.text_light)},${hex(show.colors.text_dark)})}}
*{box-sizing:border-box;margin:0;font:400 15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
[hidden]{display:none!important}
button{border:0;cursor:pointer}
.pill{position:fixed;bottom:max(20px,env(safe-area-inset-bottom));right:20px;display:flex;align-items:center;gap:9px;
max-width:calc(100vw - 40px);min-height:48px;padding:10px 18px;border-radius:99px;background:var(--brand);color:var(--ink);
font-weight:600;text-align:left;box-shadow:0 8px 24px -6px rgb(23 33 31/.3)}
.pill svg{flex:none;width:26px;height:auto;fill:none;stroke:currentcolor;stroke-width:2.8;stroke-linecap:round}
.pill svg circle{fill:currentcolor;stroke:none}
.panel{position:fixed;bottom:24px;right:24px;display:flex;flex-direction:column;width:372px;max-width:calc(100vw - 48px);
max-height:calc(100vh - 48px);overflow:auto;border-radius:20px;background:var(--surface);color:var(--text);
box-shadow:0 24px 60px -12px rgb(23 33 31/.32);animation:in .22s cubic-bezier(.2,.8,.2,1)}
.left .pill{right:auto;left:20px}.left .panel{right:auto;left:24px}
.head{position:relative;flex:none;overflow:hidden;padding:20px 64px 20px 22px;background:var(--brand);color:var(--ink)}
.head .square{position:relative;display:grid;place-items:center;width:28px;height:28px;border-radius:8px;background:var(--ink);color:var(--brand);font-size:12px;font-weight:700}
.head h2{position:relative;margin-top:12px;font-size:22px;line-height:1.2;font-weight:700;letter-spacing:-.02em;overflow-wrap:anywhere;text-wrap:balance}
.rings{position:absolute;top:0;right:0;width:129px;height:129px;fill:none;stroke:currentcolor}
.close{position:absolute;top:10px;right:10px;display:grid;place-items:center;width:36px;height:36px;border-radius:50%;
background:rgb(127 127 127/.3);color:var(--ink)}
@supports(color:color-mix(in srgb,red,red)){.close{background:color-mix(in srgb,var(--brand) 80%,var(--ink))}}
.close svg{width:14px;height:14px;fill:none;stroke:currentcolor;stroke-width:1.7;stroke-linecap:round}
.body{padding:18px 22px 20px}
.body p{color:var(--text);overflow-wrap:anywhere}
.main{display:grid;place-items:center;min-height:48px;margin-top:16px;padding:10px 16px;border-radius:12px;background:var(--brand);
color:var(--ink);font-size:16px;font-weight:600;text-align:center;text-decoration:none}
.small{margin-top:12px;text-align:center;font-size:13px}
.small a{display:inline-block;padding:4px;color:var(--link);font-size:13px;text-underline-offset:2px}
.made{display:flex;align-items:center;justify-content:center;gap:7px;margin-top:10px}
.body .made,.made *{color:var(--text-2);font-size:12.5px}.made b{font-weight:700;letter-spacing:-.03em}
.logo{width:22px;height:auto;fill:none;stroke:var(--lac);stroke-width:2.8;stroke-linecap:round}.logo circle{fill:var(--stone);stroke:none}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;box-shadow:0 0 0 7px color-mix(in srgb,var(--link) 16%,transparent)}
.panel:focus{outline:0}.head :focus-visible{outline-color:var(--ink);box-shadow:none}
.pill:hover,.main:hover{filter:brightness(1.08)}
@keyframes in{from{transform:translateY(16px);opacity:0}}
@media(max-width:759px){.panel,.left .panel{right:0;bottom:0;left:0;width:auto;max-width:none;max-height:88vh;
border-radius:20px 20px 0 0;padding-bottom:env(safe-area-inset-bottom)}.close{width:44px;height:44px}}
@media(prefers-reduced-motion:reduce){.panel{animation:none}}
@media(forced-colors:active){.pill,.main,.close{border:1px solid}}
@media print{:host{display:none!important}}`;const anchored=(node)=>{const other=node.shadowRoot&&node.shadowRoot.querySelector('.pill:not([hidden])');if(other)return other;for(let at=node;at instanceof Element;at=at.parentElement){if(/fixed|sticky/.test(getComputedStyle(at).position))return at;}
return null;};const place=(pill,host)=>{const{left,right,height}=pill.getBoundingClientRect();const y=innerHeight-20-height/2;const tops=[left+6,(left+right)/2,right-6].flatMap((x)=>document.elementsFromPoint(x,y)).map((node)=>(node===host?null:anchored(node))).map((node)=>(node?node.getBoundingClientRect().top:innerHeight));const above=innerHeight-Math.min(innerHeight,...tops);pill.style.visibility=above>innerHeight*0.6?'hidden':'';pill.style.bottom=above?`${above + 12}px`:'max(20px,env(safe-area-inset-bottom))';};const panelOf=(words,squares,...inside)=>make('div',{class:'panel','aria-labelledby':'title',tabindex:'-1'},make('div',{class:'head'},rings(),squares,make('h2',{id:'title'},words.title),make('button',{class:'close',type:'button','aria-label':words.close},draw('0 0 14 14',[['path',{d:'M2 2l10 10M12 2L2 12'}]]))),make('div',{class:'body'},...inside,make('p',{class:'made'},words.made+' ',logo(),make('b',{},'ricochet'))));const pillOf=(label)=>{const pill=make('button',{class:'pill',type:'button','aria-haspopup':'dialog'},logo(),make('span',{},label));pill.firstChild.removeAttribute('class');return pill;};const link=(text,href)=>make('a',{href,target:'_blank',rel:'noopener'},text);const put=(mark,lang,where,css,...nodes)=>{const host=make('div',{'data-ricochet-widget':mark,lang});const root=host.attachShadow({mode:'open'});root.append(...nodes);where.append(host);try{const sheet=new CSSStyleSheet();sheet.replaceSync(css);if(!root.adoptedStyleSheets)throw 0;root.adoptedStyleSheets=[sheet];}catch{const style=make('style',{},css);root.prepend(style);if(!style.sheet){host.remove();return null;}}
return host;};const bare=(mark,lang,side,text,href)=>{const stands=link(text,href);stands.setAttribute('data-ricochet-widget',mark);stands.lang=lang;stands.style.cssText=`all:initial;position:fixed;${side === 'left' ? side : 'right'}:20px;z-index:2147483000;
max-width:calc(100vw - 40px);box-sizing:border-box;padding:14px 18px;border-radius:99px;background:${hex(show.colors.brand)};
color:${hex(show.colors.brand_ink)};font:600 15px/1.3 system-ui,sans-serif;cursor:pointer`;document.body.append(stands);stay(stands,stands);return stands;};const stay=(pill,host)=>{place(pill,host);const turn=setInterval(later(()=>{if(!host.isConnected)clearInterval(turn);else if(!pill.hidden&&!document.hidden)place(pill,host);}),1000);};const words=show.words[document.documentElement.lang.slice(0,2)]||show.words[show.lang];const lang=words===show.words.en?'en':'fr';if(!/^https?:\/\//.test(show.url))throw show.url;const KEY='ricochet:'+show.id;const DAY=864e5;const tell=(what)=>{if(!show.told)return;fetch(new URL(show.told,tag.src),{method:'POST',body:JSON.stringify({widget:show.id,what,path:location.pathname}),mode:'cors',credentials:'omit',keepalive:true,referrerPolicy:'strict-origin',}).catch(()=>{});};const kept=()=>(show.keep<0?sessionStorage:localStorage);const closed=()=>{try{if(!show.keep)return false;if(+kept().getItem(KEY)>Date.now())return true;kept().removeItem(KEY);}catch{}
return false;};const remember=()=>{try{if(show.keep)kept().setItem(KEY,Date.now()+DAY*Math.min(Math.abs(show.keep),182));}catch{}};const squares=()=>make('div',{class:'pair','aria-hidden':'true'},...show.brands.flatMap(([text,ground,ink],turn)=>{const square=make('span',{class:'square'},text);if(ground)Object.assign(square.style,{background:hex(ground),color:hex(ink)});return turn?['×',square]:[square];}));const leads=(node)=>{node.addEventListener('click',later(()=>tell('followed')));return node;};const main=leads(link(words.action,show.url));main.className='main';main.setAttribute('aria-label',`${words.action} (${words.tab})`);const panel=panelOf(words,squares(),...(words.text?[make('p',{},words.text)]:[]),main);const close=panel.querySelector('.close');const ROW='.inline .panel{flex-direction:row}.inline .head{flex:0 0 42%;display:flex;flex-direction:column;justify-content:center}';const CSS=STYLE+`
.body>.main:first-child{margin-top:0}
.pair{position:relative;display:flex;align-items:center;gap:8px}
.popup .panel{top:0;right:0;bottom:0;left:0;margin:auto;height:fit-content}
.slide .panel{right:16px;bottom:16px}.slide.left .panel{right:auto;left:16px}
.tab .panel{top:0;bottom:0;margin:auto 0;height:fit-content}
.edge{position:fixed;top:50%;right:0;z-index:1;min-width:44px;max-height:70vh;padding:18px 11px;overflow:hidden;transform:translateY(-50%);
writing-mode:vertical-rl;border-radius:12px 0 0 12px;background:var(--brand);color:var(--ink);font-weight:600;
box-shadow:0 8px 24px -6px rgb(23 33 31/.3)}
.left .edge{right:auto;left:0;border-radius:0 12px 12px 0}
.edge:hover{filter:brightness(1.08)}
.inline,.inline .panel{min-height:inherit}
.inline{container-type:inline-size}
.inline .panel{position:static;width:100%;max-width:none;max-height:none;border-radius:16px;padding:0;box-shadow:inset 0 0 0 1px rgb(127 127 127/.3);animation:none}
.inline .head{padding:20px 22px}.inline .close{display:none}
.inline .body{flex:1;display:flex;flex-direction:column;justify-content:center}
@container(min-width:540px){${ROW}}@supports not (container-type:inline-size){@media(min-width:600px){${ROW}}}
@media(max-width:759px){.popup .panel,.slide .panel,.tab .panel{top:auto;right:0;bottom:0;left:0;margin:0}}
@media(forced-colors:active){.edge{border:1px solid}}`;const FLOW=':host{position:static!important;height:auto!important;min-height:inherit!important}';const inline=()=>{const spot=document.querySelector(`[data-ricochet="${show.id}"]`);if(!spot)return;panel.setAttribute('role','region');panel.removeAttribute('tabindex');close.remove();const plain=[...spot.childNodes];const host=put(show.id,lang,spot,CSS+FLOW,make('div',{class:'inline'},panel));if(host)plain.forEach((node)=>node.remove());else if(!spot.querySelector('a'))spot.append(link(words.title,show.url));if(!host)leads(spot.querySelector('a'));new IntersectionObserver(later(([entry],watch)=>{if(!entry.isIntersecting)return;watch.disconnect();tell('shown');})).observe(host||spot);};const trap=(event)=>{if(event.key!=='Tab'||panel.getAttribute('aria-modal')!=='true')return;const at=panel.getRootNode().activeElement;const to=event.shiftKey?(at===close||at===panel)&&main:at===main&&close;if(!to)return;event.preventDefault();to.focus();};const floating=()=>{const isTab=show.form==='tab';const asks=isTab||matchMedia('(max-width:759px)').matches;const opener=isTab?make('button',{class:'edge',type:'button','aria-haspopup':'dialog'},words.label):pillOf(words.label);panel.setAttribute('role','dialog');panel.hidden=true;opener.hidden=!asks;panel.addEventListener('keydown',later(trap));let before;let host;const open=(byHand)=>{const modal=byHand||show.form==='popup';panel.setAttribute('aria-modal',String(modal));before=document.activeElement;opener.hidden=true;panel.hidden=false;if(modal)panel.focus();if(byHand)tell('opened');};const shut=()=>{const inside=panel.getRootNode().activeElement;panel.hidden=true;if(isTab){opener.hidden=false;return opener.focus();}
remember();host.remove();if(inside&&before&&before!==host)before.focus();};host=put(show.id,lang,document.body,CSS,make('div',{class:`${show.form} ${show.side}`},opener,panel));if(!host){leads(bare(show.id,lang,show.side,words.label,show.url));return tell('shown');}
opener.addEventListener('click',later(()=>open(true)));close.addEventListener('click',later(shut));document.addEventListener('keydown',later((event)=>{if(event.key==='Escape'&&host.isConnected&&!panel.hidden)shut();}));if(asks&&!isTab)stay(opener,host);tell('shown');if(!asks)open(false);};const politely=(go)=>{const at=document.activeElement;if(at&&(/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)||at.isContentEditable))setTimeout(later(politely),1000,go);else go();};const onceRead=(go)=>{const see=later(()=>{const room=document.documentElement.scrollHeight-innerHeight;if(room>0&&(scrollY/room)*100<show.after)return;removeEventListener('scroll',see);go();});addEventListener('scroll',see,{passive:true});see();};const onLeaving=(go)=>{if(!matchMedia('(hover:hover)').matches)return go();const root=document.documentElement;const out=later(({clientY})=>{if(clientY>0)return;root.removeEventListener('mouseleave',out);go();});root.addEventListener('mouseleave',out);};if(show.form==='inline')inline();else if(show.form==='tab'||!closed()){const start=later(()=>politely(floating));if(show.when==='delay')setTimeout(start,show.after*1000);else if(show.when==='scroll')onceRead(start);else if(show.when==='exit')onLeaving(start);else start();}}catch{}})();