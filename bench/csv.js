// From the text of a CSV file to the numbers of a network: 100,000 rows of 20 columns, numbers, words, gaps and quotes. Beside
// it the parse alone of other packages, which makes texts. By the processor's time; contenders take turns. By itself:
// npm ci --prefix bench && npm run build && node --import tsx bench/csv.js
