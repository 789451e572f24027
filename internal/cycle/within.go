package cycle

import "context"

// Within gives what f computes, or the cause as soon as ctx is cancelled. Then f,
// which must change nothing that others see, goes on to its end with nobody waiting
// for it: ranking and planning know no context, and take seconds for a backlog of
// 10⁵ items.
func Within[T any](ctx context.Context, f func() T) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	done := make(chan T, 1)
	go func() { done <- f() }()
	select {
	case v := <-done:
		return v, nil
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}
