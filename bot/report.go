package bot

import "context"

func (b *Bot) report(ctx context.Context, r Report) error { return nil }
