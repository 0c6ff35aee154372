/** What the settings say of webhooks. */
export interface WebhookOptions {
  /** Hosts that may be called, `name`, `name:port` or `*.domain`, in lower case; none: webhooks are off. */
  readonly hosts: readonly string[];
  /** Whether addresses of private networks and of this machine may be called. */
  readonly allowPrivate: boolean;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** Attempts until a change is given up. */
  readonly attempts: number;
  /** How long is waited after the first attempt that fails; then twice as long each time. */
  readonly retryMs: number;
}
