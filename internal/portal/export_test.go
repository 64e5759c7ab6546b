package portal

import "context"

// Sweep removes what is over, as Start does from time to time.
func (p *Portal) Sweep(ctx context.Context) error { return p.sweep(ctx) }
