package telegram

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	tg "github.com/go-telegram/bot"
)

// maxConnections is how many updates Telegram may post at once (Bot API: 1–100).
const maxConnections = 100

// WebhookState is what Telegram says of the webhook. It holds no secret.
type WebhookState struct {
	URL            string    // empty: none is set, and updates are polled for
	Pending        int       // updates that wait
	MaxConnections int       // at once
	Allowed        []string  // kinds of updates
	LastError      time.Time // when a delivery last failed; zero: never
	Problem        string    // what Telegram then met, in its words: at most 200 letters
}

// Webhook asks Telegram for the state of the webhook.
func (c *Channel) Webhook(ctx context.Context) (WebhookState, error) {
	i, err := c.api.GetWebhookInfo(ctx)
	if err != nil {
		return WebhookState{}, operatorError("asking for the webhook", err)
	}
	s := WebhookState{URL: i.URL, Pending: i.PendingUpdateCount, MaxConnections: i.MaxConnections, Allowed: i.AllowedUpdates}
	if i.LastErrorDate > 0 {
		s.LastError, s.Problem = time.Unix(int64(i.LastErrorDate), 0), printable(i.LastErrorMessage, 200)
	}
	return s, nil
}

// Connect tells Telegram where to post updates, or with an empty url that they are polled for. Updates that wait stay. It
// returns what Telegram said of the webhook before and after.
func (c *Channel) Connect(ctx context.Context, url string) (before, after WebhookState, err error) {
	if url != "" && !strings.HasPrefix(url, "https://") && c.cfg.APIURL == DefaultAPI {
		return before, after, errors.New("setting the webhook: Telegram posts to https only: give public_url as https://…")
	}
	if before, err = c.Webhook(ctx); err != nil {
		return before, after, err
	}
	if url == "" {
		_, err = c.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
	} else {
		_, err = c.api.SetWebhook(ctx, &tg.SetWebhookParams{URL: url, MaxConnections: maxConnections, AllowedUpdates: allowed, SecretToken: c.secret})
	}
	if err != nil {
		return before, after, operatorError("setting the webhook", err)
	}
	after, err = c.Webhook(ctx)
	return before, after, err
}

// A Self is what Telegram says of the bot.
type Self struct {
	Username    string // its address: t.me/USERNAME
	JoinsGroups bool   // it can be added to groups: turn that off at BotFather, it would only leave them
	ReadsGroups bool   // its privacy mode is off: turn it on at BotFather
}

// Check asks Telegram who the bot is: the token is right, and Telegram is there.
func (c *Channel) Check(ctx context.Context) (Self, error) {
	me, err := c.api.GetMe(ctx)
	if err != nil {
		return Self{}, operatorError("asking Telegram who the bot is", err)
	}
	return Self{Username: me.Username, JoinsGroups: me.CanJoinGroups, ReadsGroups: me.CanReadAllGroupMessages}, nil
}

// printable is s in one line of at most n letters.
func printable(s string, n int) string {
	var out []rune
	for _, r := range s {
		if len(out) == n {
			break
		}
		if unicode.IsPrint(r) {
			out = append(out, r)
		}
	}
	return string(out)
}
