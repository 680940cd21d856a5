package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"quietline/bot"
	"quietline/line"
	"quietline/locales"
)

// pageView is the public page.
type pageView struct {
	base
	Country     string
	CountryName string
	Numbers     []string // public emergency numbers, without a word
	NoNumber    string   // said when there are none
	Card        []bot.Block
	Lines       []bot.Block
	Rights      []bot.Block
	Languages   []langItem
	Countries   []countryItem
	Chat        bool
	Drafted     bool // a language of the menu
	Note        string
	Gate        *gateView
}

type countryItem struct{ Code, Name string }

// gateView slows a new chat down while many wait.
type gateView struct {
	Token string
	Bits  int
	Early bool
}

// place is what a page is about, as far as the request says.
type place struct{ lang, country string }

// place finds language and country: what was chosen in a form, else the code in the path and the browser's languages,
// else the line's own. Only the exact table is asked, never a language like another.
func (s *Site) place(r *http.Request, c *bot.Content, f form) place {
	p := place{country: s.cfg.Country, lang: s.cfg.Languages[0]}
	if l, ok := c.Words.Table().FromAcceptLanguage(s.offeredOnly(c, r.Header.Get("Accept-Language"))); ok {
		p.lang = l.Tag
	}
	if code, err := line.ParseCode(strings.TrimPrefix(r.URL.Path, "/")); err == nil {
		if cc, ok := s.cfg.Line.Opens(code); ok && slices.Contains(s.cfg.Countries, cc) {
			p.country = cc
		}
	}
	if slices.Contains(s.cfg.Languages, f.lang) {
		p.lang = f.lang
	}
	if slices.Contains(s.cfg.Countries, f.country) {
		p.country = f.country
	}
	return p
}

// offeredOnly leaves of an Accept-Language header what this line offers, so that the best of those is found.
func (s *Site) offeredOnly(c *bot.Content, header string) string {
	if len(header) > 1000 {
		header = header[:1000]
	}
	var kept []string
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(part, ";")
		if l, ok := c.Words.Table().Find(strings.TrimSpace(tag)); ok && slices.Contains(s.cfg.Languages, l.Tag) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ",")
}

func (s *Site) pageView(c *bot.Content, p place) pageView {
	v := pageView{base: s.base(c, p.lang, pageAsset), Country: p.country, Chat: s.cfg.Bot != nil}
	v.Languages, v.Drafted = s.languages(c)
	for _, cc := range s.cfg.Countries {
		v.Countries = append(v.Countries, countryItem{cc, countryName(c, p.lang, cc)})
	}
	slices.SortFunc(v.Countries, func(a, b countryItem) int {
		return cmp.Or(strings.Compare(locales.Normal(a.Name), locales.Normal(b.Name)), strings.Compare(a.Code, b.Code))
	})
	if p.country == "" {
		return v
	}
	v.CountryName = countryName(c, p.lang, p.country)
	v.Numbers = c.Directory.AllEmergencyNumbers(p.country)
	if len(v.Numbers) == 0 {
		for _, b := range c.Card(p.lang, p.country, false, s.policy) {
			v.NoNumber = b.Text
		}
	}
	v.Card = c.Card(p.lang, p.country, true, s.policy)
	v.Lines = c.Lines(p.lang, p.country, "", s.policy)
	v.Rights = c.Rights(p.lang, p.country)
	return v
}

func countryName(c *bot.Content, lang, cc string) string {
	for _, tag := range []string{lang, "en"} {
		if name, err := c.Words.CountryName(tag, cc); err == nil {
			return name
		}
	}
	return cc
}

func isDrafted(c *locales.Catalogues, lang string) bool { return c.State(lang) != locales.Reviewed }

// showPage answers with the public page. Everything the host does not know looks like this, with the same status.
func (s *Site) showPage(w http.ResponseWriter, r *http.Request, f form) {
	c := s.cfg.Content()
	p := s.place(r, c, f)
	if r.Method == http.MethodGet && s.cfg.Line != nil {
		if err := s.cfg.Line.Count(context.WithoutCancel(r.Context()), line.CountPage, p.country); err != nil {
			s.cfg.Log.Error("counting a page", "err", err)
		}
	}
	packed, err := s.pages.get(c, p, func() ([]byte, error) { return s.pack(s.pageView(c, p), gzip.BestCompression) })
	s.sendPage(w, r, packed, err)
}

// showGate answers with the public page and, on top of it, the way in while many wait.
func (s *Site) showGate(w http.ResponseWriter, r *http.Request, f form, tooEarly bool) {
	c := s.cfg.Content()
	v := s.pageView(c, s.place(r, c, f))
	token := f.wait
	var err error
	if !tooEarly {
		token, err = s.gate.issue()
	}
	v.Gate = &gateView{token, workBits, tooEarly}
	packed, packErr := s.pack(v, gzip.DefaultCompression)
	s.sendPage(w, r, packed, cmp.Or(err, packErr))
}

// pack renders a page and compresses it. Only the public page is compressed: it holds nobody's words.
func (s *Site) pack(v pageView, level int) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return nil, err
	}
	if err := s.tmpl.ExecuteTemplate(z, "page", v); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

func (s *Site) sendPage(w http.ResponseWriter, r *http.Request, packed []byte, err error) {
	s.headers(w, pageAsset, false)
	if err != nil {
		// The door is never silent: even without a page there is its title.
		s.cfg.Log.Error("rendering the public page", "err", err)
		return
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if takesGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(len(packed)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(packed) // the person has gone: nothing to do
		}
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil && r.Method != http.MethodHead {
		_, _ = io.Copy(w, z)
	}
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

// maxPages bounds the packed pages kept, about 10 kB each.
const maxPages = 256

// pages keeps packed public pages by place, for one version of the content.
type pages struct {
	mu    sync.Mutex
	of    *bot.Content
	by    map[place][]byte
	order []place
}

func (p *pages) get(c *bot.Content, at place, pack func() ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	if p.of != c {
		p.of, p.by, p.order = c, make(map[place][]byte), nil
	}
	have, ok := p.by[at]
	p.mu.Unlock()
	if ok {
		return have, nil
	}
	packed, err := pack()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.by[at]; p.of == c && !ok {
		if len(p.order) >= maxPages {
			delete(p.by, p.order[0])
			p.order = p.order[1:]
		}
		p.by[at] = packed
		p.order = append(p.order, at)
	}
	return packed, nil
}
