package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"strings"

	"quietline/bot"
	"quietline/locales"
)

//go:embed assets
var assets embed.FS

// An asset goes into the page itself: one request, and a hash of it into the policy header.
type asset struct{ text, hash string }

// The inline assets, read once: they are part of the binary.
var (
	styleAsset = readAsset("page.css")
	pageAsset  = readAsset("common.js", "page.js")
	chatAsset  = readAsset("common.js", "chat.js")
)

// readAsset joins files without indentation and comment lines: every byte counts in the first flight.
func readAsset(names ...string) asset {
	var b strings.Builder
	b.WriteByte('\n')
	for _, name := range names {
		raw, err := assets.ReadFile("assets/" + name)
		if err != nil { // cannot happen: the folder is embedded
			panic(err)
		}
		for line := range strings.Lines(string(raw)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "//") {
				continue
			}
			b.WriteString(line + "\n")
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return asset{b.String(), "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}
}

func parseTemplates() (*template.Template, error) {
	return template.New("").ParseFS(assets, "assets/*.html")
}

// base is what every screen needs.
type base struct {
	Lang, Dir, Title, Exit string
	words                  *locales.Catalogues
	script                 asset
}

func (s *Site) base(c *bot.Content, lang string, script asset) base {
	b := base{Lang: lang, Dir: "ltr", Title: s.cfg.Cover, Exit: s.cfg.ExitURL, words: c.Words, script: script}
	if l, ok := c.Words.Table().Find(lang); ok {
		b.Dir = l.Dir
	}
	return b
}

// T is the text of a message; pairs are placeholder names and values. A message missing in a language has been refused
// by the checker; should one slip through, English stands in rather than an empty button.
func (b base) T(id string, pairs ...string) string {
	args := locales.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	text, err := b.words.Text(b.Lang, id, args)
	if err != nil {
		text, _ = b.words.Text("en", id, args)
	}
	return text
}

// Style is the one style sheet.
func (b base) Style() template.CSS { return template.CSS(styleAsset.text) }

// Script is this screen's script.
func (b base) Script() template.JS { return template.JS(b.script.text) }

// Of gives the template "blocks" what it needs.
func (b base) Of(blocks []bot.Block) blockList { return blockList{b, blocks} }

type blockList struct {
	base
	Blocks []bot.Block
}

// With gives the template "source" what it needs.
func (b blockList) With(k bot.Block) oneBlock { return oneBlock{b.base, k} }

type oneBlock struct {
	base
	Block bot.Block
}

// A langItem is one language of the menu, by its own name.
type langItem struct {
	locales.Language
	Drafted bool
}

func (s *Site) languages(c *bot.Content) (items []langItem, drafted bool) {
	for _, tag := range s.cfg.Languages {
		l, ok := c.Words.Table().Find(tag)
		if !ok {
			continue
		}
		item := langItem{l, isDrafted(c.Words, l.Tag)}
		drafted = drafted || item.Drafted
		items = append(items, item)
	}
	return items, drafted
}
