// Asks the worker to convert, soon after the last edit. Only the answer to the latest edit counts.

import type {
  CheckFlyResponse,
  ConvertResponse,
  ImportResponse,
  MachineConfigResponse,
  RequirementsResponse,
  ScoreRequest,
  SourceText,
} from "score-fly";

import type { FilesResponse, NewFunction } from "./functions.ts";
import type { FunctionFolder } from "./inputs.ts";

export interface Question {
  edit: number;
  request: ScoreRequest;
  /** The function whose Docker context is wanted as well. */
  folder: FunctionFolder | undefined;
}

export interface Answer {
  edit: number;
  converted: ConvertResponse;
  /** The Docker context of the function. */
  built: FilesResponse | undefined;
  /** What flyctl would send for the converted workload. */
  machine: MachineConfigResponse | undefined;
  required: RequirementsResponse;
}

export interface FlyQuestion {
  edit: number;
  config: SourceText;
  /** The process group whose machines are meant; without it the default one. */
  group: string | null;
}

export interface FlyAnswer {
  edit: number;
  checked: CheckFlyResponse;
  imported: ImportResponse;
  machine: MachineConfigResponse;
}

/** The worker could not answer at all: its files did not load, or it broke. */
export interface Breakdown {
  failure: string;
}

const PAUSE = 150;

/** Of one kind of question: what the page is about decides which. */
export class Converter<Q extends { edit: number }, A extends { edit: number }> {
  #worker: Worker | undefined;
  #edit = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onAnswer: (answer: A) => void,
    private readonly onBreakdown: (failure: string) => void,
  ) {}

  /** Says that something was edited; `question` is called when it is time to ask. */
  edited(question: () => Omit<Q, "edit">, pause = PAUSE): void {
    // Counted now rather than when asked: an answer on its way is already out of date.
    const edit = ++this.#edit;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ask({ edit, ...question() } as Q);
    }, pause);
  }

  /** The files of a new function. */
  scaffold(wanted: NewFunction): Promise<FilesResponse | Breakdown> {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      this.#ask(wanted, port2);
    });
  }

  #ask(question: Q | NewFunction, ...ports: MessagePort[]): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(question, ports);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<A | Breakdown>) => {
      if ("failure" in data) this.#broke(worker, data.failure);
      else if (data.edit === this.#edit) this.onAnswer(data);
    });
    worker.addEventListener("error", (event) => this.#broke(worker, event.message));
    return worker;
  }

  // The next edit starts anew.
  #broke(worker: Worker, failure: string): void {
    worker.terminate();
    if (this.#worker === worker) this.#worker = undefined;
    this.onBreakdown(failure);
  }
}
