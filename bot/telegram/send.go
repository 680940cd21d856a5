package telegram

import (
	"context"
	"strconv"
	"time"
	"unicode/utf16"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"quietline/bot"
)

// Send implements [bot.Channel]: one message, its choices as buttons one below the other. No link previews (Telegram's
// servers would fetch the page), no markup, and nothing that keeps the person from saving it.
func (c *Channel) Send(ctx context.Context, out bot.Outbound) (bot.Receipt, error) {
	chat := out.To.Reveal()
	id, err := strconv.ParseInt(chat, 10, 64)
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Next: bot.Never, Class: "no chat"}
	}
	if d := c.pace.wait(chat, c.cfg.Now()); d > shortWait {
		return bot.Receipt{}, &bot.SendError{Next: bot.Again, After: d, Class: "pace"}
	} else if !rest(ctx, d) {
		return bot.Receipt{}, &bot.SendError{Next: bot.Again, Class: "timeout"}
	}
	if !out.Until.IsZero() && c.cfg.Now().After(out.Until) {
		return bot.Receipt{}, &bot.SendError{Next: bot.Lost, Class: "too late"}
	}
	params := &tg.SendMessageParams{ChatID: id, Text: cut(out.Text.Reveal()), LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}}
	if len(out.Choices) > 0 {
		params.ReplyMarkup = buttons(out)
	}
	m, err := c.api.SendMessage(ctx, params)
	if err != nil {
		f := classify(err)
		if f.Class == "rate limit" {
			c.pace.hold(chat, c.cfg.Now(), f.After)
		}
		return bot.Receipt{}, f
	}
	if stale, err := strconv.Atoi(out.Stale); err == nil {
		c.besides(func(ctx context.Context) { c.unhook(ctx, id, stale) })
	}
	return bot.Receipt{ID: strconv.Itoa(m.ID), At: c.sentAt(m.Date)}, nil
}

// buttons are the choices. What a button sends back is its turn and its place: nothing that means anything.
func buttons(out bot.Outbound) models.InlineKeyboardMarkup {
	var rows [][]models.InlineKeyboardButton
	for _, ch := range out.Choices {
		d := strconv.Itoa(ch.Digit)
		rows = append(rows, []models.InlineKeyboardButton{{Text: d + " " + ch.Label, CallbackData: out.Turn + ":" + d}})
	}
	return models.InlineKeyboardMarkup{InlineKeyboard: rows}
}

// unhook takes the buttons away from a message. They may be gone already, with it or without: nothing follows from a failure,
// a tap on what is left is stale.
func (c *Channel) unhook(ctx context.Context, chat int64, message int) {
	_, _ = c.api.EditMessageReplyMarkup(ctx, &tg.EditMessageReplyMarkupParams{ChatID: chat, MessageID: message})
}

// cut keeps a text within what Telegram takes, whatever was handed over: no send fails for its length.
func cut(s string) string {
	if len(s) <= maxUnits { // never more units than bytes
		return s
	}
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units > maxUnits {
			return s[:i]
		}
	}
	return s
}

// sentAt is when Telegram says a message was sent; the clock of this machine where it says nothing sensible.
func (c *Channel) sentAt(date int) time.Time {
	now := c.cfg.Now()
	if at := time.Unix(int64(date), 0); date > 0 && at.Before(now) {
		return at
	}
	return now
}

// rest waits; false: ctx ended first.
func rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
