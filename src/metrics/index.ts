/**
 * How well scores match targets, equal to scikit-learn's.
 * @module
 */
export { averagePrecision, type MetricOptions, type Rows, rocAuc } from './classification.js';
