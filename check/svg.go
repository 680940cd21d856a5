package check

import (
	"html"

	"quietline/flows"
)

// The look of a drawing. What may be seen by anybody and what may not differs by colour, by the edge, and in words.
const style = `<style>
text{font-family:"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif;fill:#1c1c22}
.say{font-size:13px}.do{font-size:11px;fill:#44505f}.why{font-size:11px;font-weight:600}
.name{font-size:10px;fill:#5a6472}.slot{font-size:11px;font-weight:600;fill:#22304a}
.open{fill:#f1f8ee;stroke:#2e7d32;stroke-width:1.5}.shut{fill:#eef2fb;stroke:#33479c;stroke-width:1.5;stroke-dasharray:5 3}
.end{stroke-width:3}.go{fill:#fff7e0;stroke:#9a6a00}
.way{fill:none;stroke:#6b7686;stroke-width:1.3}
</style>`

// head begins the drawing.
func (p *picture) head(w, h float64) {
	title := html.EscapeString("The flow " + p.flow.Name)
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n<title>%s</title>\n", w, h, w, h, title, title)
	p.b.WriteString(style + "\n")
	p.b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6b7686"/></marker></defs>` + "\n")
	p.printf(`<rect width="%.0f" height="%.0f" fill="#ffffff"/>`+"\n", w, h)
}

// box draws a step or a pointer, and the texts of its slots.
func (p *picture) box(b *box) {
	left := b.x - b.w/2
	if b.step == nil {
		p.printf(`<rect class="go" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"/>`+"\n", left, b.y, b.w, b.body, b.body/2)
		for i, r := range b.rows {
			p.printf(`<text class="%s" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", r.kind, b.x, b.y+14+float64(i)*(small+4), html.EscapeString(r.text))
		}
		return
	}
	class, seen := "open", "anybody may see it"
	if b.step.Sensitive {
		class, seen = "shut", "only when unseen"
	}
	if len(b.step.Say) == 0 && !does(b.step.Do, flows.Card, flows.Lines, flows.Rights, flows.Summary) {
		seen = ""
	}
	if b.step.Rest {
		class += " end"
	}
	left, width := b.x-boxWidth/2, boxWidth
	p.printf(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="7"/>`+"\n", class, left, b.y, width, b.body)
	p.printf(`<text class="name" x="%.1f" y="%.1f">%s</text>`+"\n", left+8, b.y+13, html.EscapeString(b.head))
	if seen != "" {
		p.printf(`<text class="name" x="%.1f" y="%.1f" text-anchor="end">%s</text>`+"\n", left+width-8, b.y+13, seen)
	}
	for i, r := range b.rows {
		p.printf(`<text class="%s" x="%.1f" y="%.1f">%s</text>`+"\n", r.kind, left+8, b.y+31+float64(i)*leading, html.EscapeString(r.text))
	}
	for _, s := range b.slots {
		for i, t := range s.rows {
			p.printf(`<text class="slot" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", b.x+s.x, b.y+b.body+12+float64(i)*(small+3), html.EscapeString(t))
		}
	}
}

// arrow draws a way from under its slot's text to the top of where it leads, round the boxes between.
func (p *picture) arrow(b *box, s slot) {
	x, y := b.x+s.x, b.y+b.body+float64(len(s.rows))*(small+3)
	if len(s.rows) > 0 {
		y += 4
	}
	p.printf(`<path class="way" marker-end="url(#tip)" d="M%.1f %.1f`, x, y)
	curve := func(tx, ty float64) {
		half := (ty - y) / 2
		p.printf(` C%.1f %.1f %.1f %.1f %.1f %.1f`, x, y+half, tx, ty-half, tx, ty)
		x, y = tx, ty
	}
	if bottom := b.y + b.h; bottom > y {
		p.printf(` L%.1f %.1f`, x, bottom)
		y = bottom
	}
	for _, v := range s.line.via {
		curve(v.x, v.y)
		p.printf(` L%.1f %.1f`, v.x, v.y+v.h)
		y = v.y + v.h
	}
	curve(s.line.to.x, s.line.to.y-1)
	p.b.WriteString(`"/>` + "\n")
}
