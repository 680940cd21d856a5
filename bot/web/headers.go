package web

import "net/http"

// headers sets what every answer of this host carries: nothing is stored, nothing is sent on, nothing foreign is loaded.
// form-action names the exit, because browsers also hold a form's redirect to it.
func (s *Site) headers(w http.ResponseWriter, script asset, framed bool) {
	h := w.Header()
	ancestors, frames := "'none'", "DENY"
	if framed {
		ancestors, frames = "'self'", "SAMEORIGIN"
	}
	policy := "default-src 'none'; style-src " + styleAsset.hash + "; img-src data:; connect-src 'self'; frame-src 'self'; form-action 'self' " +
		s.exit + "; base-uri 'none'; frame-ancestors " + ancestors
	if script.hash != "" {
		policy += "; script-src " + script.hash
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", frames)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=(), display-capture=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("X-DNS-Prefetch-Control", "off")
}

// sameOrigin says whether a form came from a page of this host, as far as the browser tells. Under no-referrer a form's
// own Origin is "null", so only another origin's name counts against it.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	switch origin := r.Header.Get("Origin"); origin {
	case "", "null", "http://" + r.Host, "https://" + r.Host:
		return true
	}
	return false
}
