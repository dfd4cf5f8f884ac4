import { Fn, Op, WIDTH } from "../opcodes";
import { map, pull } from "./elementwise";
import { linear, linearPanels, outer, product } from "./dense";
import { logistic, tanh } from "./math";
import { known, loss, lossPull, mask, mass, reduce, residual, term, termPull, weigh } from "./losses";
import { uniform } from "./random";
import {
  accumulate, add, average, clamp, clear, copy, isBounded, isFinite, isFiniteCell, multiply, pick, rescale, shrink, squares, sum,
} from "./small";
import { crossEntropy, softmax, softmaxPull } from "./softmax";
import { adam, advanceAdam, l1, l2, momentum, sgd } from "./updates";

/** The i-th operand of the instruction at pc: an address, a count or a number of a function. */
@inline
function at(pc: usize, i: usize): usize {
  return load<usize>(pc + (i << 2));
}

/** The number in the words `low` and `high`. */
@inline
function number(pc: usize): f64 {
  return load<f64>(pc + 8);
}

/**
 * Carries out the instructions of `opcodes.ts` from one address to another. Returns `end`, or the address of the
 * instruction at which it stopped: a check that failed, or a call.
 */
@inline
function run<T>(pc: usize, end: usize): usize {
  while (pc < end) {
    switch (at(pc, 0)) {
      case Op.linear: linear<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5), at(pc, 6), at(pc, 7), at(pc, 8)); break;
      case Op.linearPanels: linearPanels<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5), at(pc, 6), at(pc, 7), at(pc, 8)); break;
      case Op.product: product<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5), at(pc, 6)); break;
      case Op.outer: outer<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5), at(pc, 6)); break;
      case Op.sum: sum<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
      case Op.map: map<T>(at(pc, 1), at(pc, 4), at(pc, 5), at(pc, 6), number(pc)); break;
      case Op.pull: pull<T>(at(pc, 1), at(pc, 4), at(pc, 5), at(pc, 6), at(pc, 7), at(pc, 8), number(pc)); break;
      case Op.softmax: softmax<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.softmaxPull: softmaxPull<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
      case Op.loss: loss<T>(at(pc, 1), at(pc, 4), at(pc, 5), at(pc, 6), at(pc, 7), number(pc)); break;
      case Op.lossPull: lossPull<T>(at(pc, 1), at(pc, 4), at(pc, 5), at(pc, 6), at(pc, 7), number(pc)); break;
      case Op.crossEntropy: crossEntropy<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
      case Op.residual: residual<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.reduce: reduce<T>(at(pc, 1), at(pc, 2), at(pc, 4), at(pc, 5), at(pc, 6), load<f64>(at(pc, 3))); break;
      case Op.weigh: weigh<T>(at(pc, 1), at(pc, 2), at(pc, 4), at(pc, 5), load<f64>(at(pc, 3))); break;
      case Op.mask: mask<T>(at(pc, 1), at(pc, 2), at(pc, 3)); break;
      case Op.known: known<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
      case Op.mass: mass<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.advance:
        if (at(pc, 1) == Fn.adam || at(pc, 1) == Fn.adamW) advanceAdam(at(pc, 2));
        else store<f64>(at(pc, 2) + 32, load<f64>(at(pc, 2) + 32) + 1); // the step of momentum
        break;
      case Op.update:
        switch (at(pc, 1)) {
          case Fn.sgd: sgd<T>(at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
          case Fn.momentum:
          case Fn.nesterov: momentum<T>(at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 6), at(pc, 5), at(pc, 1) == Fn.nesterov); break;
          case Fn.l1: l1<T>(at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
          case Fn.l2: l2<T>(at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
          default: adam<T>(at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 6), at(pc, 7), at(pc, 5), at(pc, 1) == Fn.adamW); break;
        }
        break;
      case Op.copy: copy<T>(at(pc, 1), at(pc, 2), at(pc, 3)); break;
      case Op.add: add<T>(at(pc, 1), at(pc, 2), at(pc, 3)); break;
      case Op.multiply: multiply<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.clear: clear<T>(at(pc, 1), at(pc, 2)); break;
      case Op.uniform: uniform<T>(at(pc, 4), at(pc, 5), at(pc, 3), <i32>at(pc, 1), <i32>at(pc, 2)); break;
      case Op.check: if (!isFinite<T>(at(pc, 1), at(pc, 2))) return pc; break;
      case Op.bound: if (!isBounded<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4))) return pc; break;
      case Op.checkCell: if (!isFiniteCell(at(pc, 1))) return pc; break;
      case Op.clamp: clamp<T>(at(pc, 4), at(pc, 1), number(pc)); break;
      case Op.squares: squares<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4) != 0); break;
      case Op.shrink: shrink<T>(at(pc, 4), at(pc, 1), at(pc, 5), number(pc)); break;
      case Op.average: average<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4), at(pc, 5)); break;
      case Op.rescale: rescale(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.call: return pc;
      case Op.increment: store<f64>(at(pc, 1), load<f64>(at(pc, 1)) + 1); break;
      case Op.accumulate: accumulate(at(pc, 1), at(pc, 2), at(pc, 3)); break;
      case Op.pick: pick<T>(at(pc, 1), at(pc, 2), at(pc, 3), at(pc, 4)); break;
      case Op.pickCell: store<f64>(at(pc, 3), load<f64>(at(pc, 2) + (<usize>load<f64>(at(pc, 1)) << 3))); break;
      case Op.repeat: {
        const cursor = load<f64>(at(pc, 1)) + 1;
        store<f64>(at(pc, 1), cursor);
        if (cursor < load<f64>(at(pc, 2))) pc -= at(pc, 3) + 4 * WIDTH; // so many bytes back
        break;
      }
    }
    pc += 4 * WIDTH;
  }
  return end;
}

export function run_f32(pc: usize, end: usize): usize {
  return run<f32>(pc, end);
}

export function run_f64(pc: usize, end: usize): usize {
  return run<f64>(pc, end);
}

export { logistic, tanh, term, termPull };
