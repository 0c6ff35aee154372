import { ServiceUnavailable } from '@isocenter/http';

/** The bounded queue of uploads: what does not fit is told to come back, never kept waiting in memory. */
export class UploadGate {
  private admitted = 0;

  constructor(private readonly limit: number) {}

  get open(): number {
    return this.admitted;
  }

  /** Returns what gives the place back. Throws ServiceUnavailable. */
  admit(): () => void {
    if (this.admitted >= this.limit) throw new ServiceUnavailable(`The server is reading ${this.limit} uploads, as many as it may at a time. Repeat the request.`, 1);
    this.admitted += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.admitted -= 1;
    };
  }
}
