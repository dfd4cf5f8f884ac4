/** Greek letters, by their names in LaTeX. */
const GREEK =
  "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε eta η theta θ lambda λ mu μ nu ν pi π rho ρ sigma σ tau τ phi ϕ varphi φ omega ω " +
  "Delta Δ Sigma Σ Phi Φ Omega Ω";

/** Other letters and words that are values or functions. */
const LETTERS =
  "partial ∂ infty ∞ ell ℓ top ⊤ ln ln log log exp exp max max min min tanh tanh sin sin cos cos erf erf cdots ⋯ ldots … dots …";

const OPERATORS =
  "times × cdot ⋅ odot ⊙ pm ± leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ to → leftarrow ← rightarrow → mapsto ↦ in ∈ mid ∣ sum ∑ prod ∏ " +
  "lvert | rvert | lVert ‖ rVert ‖ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ colon :";

const pairs = (list: string): ReadonlyMap<string, string> => {
  const words = list.split(" ");
  return new Map(Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i]!, words[2 * i + 1]!]));
};

export const letters = /* @__PURE__ */ pairs(`${GREEK} ${LETTERS}`);
export const operators = /* @__PURE__ */ pairs(OPERATORS);

/** Widths of spaces, in em. */
export const spaces: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  [",", 0.167],
  [":", 0.222],
  [";", 0.278],
  [" ", 0.333],
  ["!", -0.167],
  ["quad", 1],
  ["qquad", 2],
]);

/** Marks above a letter. */
export const accents = /* @__PURE__ */ pairs("hat ^ widehat ^ bar ¯ overline ¯ tilde ~ dot ˙ vec →");
