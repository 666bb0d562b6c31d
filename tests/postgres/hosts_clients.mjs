// Clients of hosts.test.mjs: they ask one address, send again what was not answered, and keep a
// journal of what they saw and of what was acknowledged to them.

const PATIENCE_MS = 20000;

/** What fetch says: "UND_ERR_SOCKET" is a connection that was closed before the answer. */
const nameOf = fault => ({UND_ERR_SOCKET: 'closed'})[fault.cause?.code] ?? fault.cause?.code ?? fault.cause?.message ?? fault.name;

/** What every client saw, by phase. */
export class Journal {
  entries = [];
  phases = [];

  phase(name) {
    if (!this.phases.length) this.entries = [];
    this.phases.push({name, at: performance.now()});
  }
  note(kind, client, from, status, isGood) {
    this.entries.push({kind, client, at: performance.now(), ms: performance.now() - from, status: String(status), isGood});
  }
  end() {
    this.endedAt = performance.now();
  }

  /** What the clients of some kinds saw in a phase. */
  during(name, ...kinds) {
    const i = this.phases.findIndex(one => one.name === name), until = this.phases[i + 1]?.at ?? this.endedAt;
    return this.entries.filter(one => kinds.includes(one.kind) && one.at >= this.phases[i].at && one.at < until);
  }

  /** The longest time without a success of each phase: in the phase where most of it lies. */
  #longest(kind) {
    const longest = this.phases.map(() => 0), last = new Map();
    const count = (from, to) => {
      const middle = (from + to) / 2, i = this.phases.findLastIndex(one => one.at <= middle);
      if (i >= 0) longest[i] = Math.max(longest[i], to - from);
    };
    for (const one of this.entries) {
      if (one.kind !== kind || !one.isGood) continue;
      count(last.get(one.client) ?? this.phases[0].at, one.at);
      last.set(one.client, one.at);
    }
    for (const at of last.values()) count(at, this.endedAt);
    return longest;
  }

  /** Phase × kind: how many answers of which status, and the longest time without a good one. */
  table() {
    const kinds = [...new Set(this.entries.map(one => one.kind))].sort(), lines = [], seldom = new Set(['record']);
    const row = cells => lines.push(cells.map((cell, i) => cell.padEnd([26, 14, 12, 12, 0][i])).join('').trimEnd());
    const longest = new Map(kinds.map(kind => [kind, this.#longest(kind)]));
    row(['phase', 'client', 'no success', 'slowest', 'answers']);
    this.phases.forEach((phase, i) => {
      for (const kind of kinds) {
        const seen = this.during(phase.name, kind);
        const counts = {};
        for (const one of seen) counts[one.status] = (counts[one.status] ?? 0) + 1;
        const answers = Object.entries(counts).sort().map(([status, count]) => `${status}: ${count}`).join(', ');
        const slowest = Math.max(0, ...seen.map(one => one.ms));
        row([phase.name, kind, seldom.has(kind) ? '' : `${(longest.get(kind)[i] / 1000).toFixed(1)} s`, `${(slowest / 1000).toFixed(1)} s`, answers]);
      }
    });
    return lines.join('\n');
  }
}

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Who asks `url` with the headers `who`, until stop(). */
export class Clients {
  acknowledged = [];
  proposals = [];
  surprises = [];
  known = new Map();
  #stopping = false;
  #running = [];
  #wishes = 0;

  constructor(url, who, journal, random) {
    Object.assign(this, {url, who, journal, random});
  }

  /** One request; null when there was no answer. */
  async ask(kind, client, path, {isGood = status => status < 400, who = this.who, patienceMs = PATIENCE_MS, ...init} = {}) {
    const from = performance.now();
    try {
      const answer = await fetch(new URL(path, this.url), {...init, headers: {...who, ...init.headers}, signal: AbortSignal.timeout(patienceMs)});
      const body = await answer.text();
      this.journal.note(kind, client, from, answer.status, isGood(answer.status));
      return {status: answer.status, headers: answer.headers, body};
    } catch (fault) {
      const waited = patienceMs < PATIENCE_MS ? 'gave up' : 'timeout';
      this.journal.note(kind, client, from, fault.name === 'TimeoutError' ? waited : nameOf(fault), false);
      return null;
    }
  }

  /** As long as the answer says. */
  #rest(answer) {
    return sleep(Math.min(5, Number(answer?.headers.get('retry-after') ?? 0.3)) * 1000);
  }

  /** Sends a write with a key until it is answered; resolves to the answer. */
  async #sendUntilAnswered(kind, client, method, path, type, body, headers) {
    const key = `${process.pid}-${++this.#wishes}`;
    for (;;) {
      // Now and then somebody does not wait for the answer, and sends again.
      const answer = await this.ask(kind, client, path, {method, body: JSON.stringify(body),
        headers: {...headers, 'content-type': type, 'idempotency-key': key},
        isGood: status => status < 400 || status === 409, patienceMs: this.random() < 0.02 ? 1 + Math.floor(this.random() * 20) : PATIENCE_MS});
      if (answer && answer.status < 500) {
        if (answer.headers.get('idempotent-replayed')) this.replays = (this.replays ?? 0) + 1;
        return answer;
      }
      await this.#rest(answer);
    }
  }

  /** A new record; resolves to its id. */
  async create(items, kind, client, name) {
    const at = [106.65 + this.random() / 50, 10.98 + this.random() / 50];
    const answer = await this.#sendUntilAnswered(kind, client, 'POST', items, 'application/geo+json',
      {type: 'Feature', properties: {name}, geometry: {type: 'Point', coordinates: at}}, {});
    if (answer.status !== 201) return this.surprises.push(`POST ${answer.status} ${answer.body}`);
    const id = Number(new URL(answer.headers.get('location')).pathname.split('/').pop());
    this.acknowledged.push({id, version: 1, value: name});
    this.known.set(id, 1);
    return id;
  }

  async #patch(items, kind, client, name) {
    const ids = [...this.known.keys()], id = ids[Math.floor(this.random() * ids.length)], base = this.known.get(id);
    const answer = await this.#sendUntilAnswered(kind, client, 'PATCH', `${items}/${id}`, 'application/merge-patch+json',
      {properties: {name}}, {'if-match': `"v${base}"`, 'dothi-reason': client});
    if (answer.status === 204) {
      const version = Number(/v(\d+)/.exec(answer.headers.get('etag'))[1]);
      this.acknowledged.push({id, version, value: name});
      this.known.set(id, Math.max(this.known.get(id), version));
    } else if (answer.status === 409) {
      // Somebody was quicker: the proposal is kept, and the writer reads again.
      this.proposals.push({path: new URL(answer.headers.get('location')).pathname, value: name});
      for (let now = null; !now; await this.#rest(null)) {
        now = await this.ask('record', client, `${items}/${id}`);
        if (now?.status === 200) this.known.set(id, Math.max(this.known.get(id), JSON.parse(now.body).properties.version));
        else now = null;
      }
    } else {
      this.surprises.push(`PATCH ${answer.status} ${answer.body}`);
    }
  }

  #start(work) {
    this.#running.push((async () => {
      while (!this.#stopping) await work();
    })());
  }

  /** Changes records, and makes one now and then. */
  writer(items, client, pauseMs) {
    let i = 0;
    this.#start(async () => {
      const name = `${client}-${++i}`;
      if (this.random() < 0.05) await this.create(items, 'writer', client, name);
      else await this.#patch(items, 'writer', client, name);
      await sleep(pauseMs);
    });
  }

  /** Asks for the same again and again. */
  reader(kind, path, pauseMs, who = this.who) {
    this.#start(async () => {
      const answer = await this.ask(kind, kind, path, {who});
      if (answer && answer.status >= 400 && answer.status < 500) this.surprises.push(`${kind} ${answer.status} ${answer.body}`);
      await sleep(answer && answer.status < 500 ? pauseMs : 300);
    });
  }

  /** The same without an account. */
  visitor(kind, path, pauseMs) {
    this.reader(kind, path, pauseMs, {});
  }

  /** Reads the feed in pages from its beginning; collects the numbers. */
  feedReader(seen, pauseMs) {
    this.#start(async () => {
      const answer = await this.ask('feed', 'feed', `/api/changes?limit=500&since=${seen.at(-1) ?? 0}`);
      if (answer?.status === 200) seen.push(...JSON.parse(answer.body).changes.map(one => one.seq));
      await sleep(pauseMs);
    });
  }

  /** Listens to events from the beginning, and comes again with the last one's number. */
  listener(seen) {
    this.#start(() => this.#listen(seen).then(() => sleep(300)));
  }

  async #listen(seen) {
    const silence = new AbortController();
    const alarm = () => setTimeout(() => silence.abort(new DOMException('silent', 'TimeoutError')), PATIENCE_MS);
    let timer = alarm();
    const stop = setInterval(() => this.#stopping && silence.abort(), 100);
    const note = (status, isGood) => this.journal.note('listener', 'listener', performance.now(), status, isGood);
    try {
      const answer = await fetch(`${this.url}/api/events`, {headers: {...this.who, 'last-event-id': String(seen.at(-1) ?? 0)}, signal: silence.signal});
      let text = '';
      note(answer.status, answer.ok);
      if (!answer.ok) return void await answer.text();
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = alarm();
        text += piece;
        for (let at; (at = text.indexOf('\n\n')) >= 0; text = text.slice(at + 2)) {
          const id = /^id: (\d+)$/m.exec(text.slice(0, at));
          if (!id) continue;
          seen.push(Number(id[1]));
          note('event', true);
        }
      }
      note('closed', false);
    } catch (fault) {
      if (!this.#stopping) note(fault.name === 'TimeoutError' ? 'silent' : nameOf(fault), false);
    } finally {
      clearTimeout(timer);
      clearInterval(stop);
    }
  }

  /** No new wishes; resolves when all that was begun is answered. */
  async stop() {
    this.#stopping = true;
    await Promise.all(this.#running);
  }
}
