using Millrace.Sql;

namespace Millrace.SampleFunctions;

/// <summary>A state of plain values, which can be taken back.</summary>
[SqlAggregate("geometric_mean", Doc = "The geometric mean of numbers greater than zero.")]
public static class GeometricMean
{
    public record struct State(double Logarithms, long Count);

    public static State Init() => default;

    public static State Add(State state, double value) => value > 0
        ? new(state.Logarithms + Math.Log(value), state.Count + 1)
        : throw new ArgumentException($"{value} is not greater than zero.");

    public static State Remove(State state, double value) => new(state.Logarithms - Math.Log(value), state.Count - 1);

    public static State Merge(State left, State right) => new(left.Logarithms + right.Logarithms, left.Count + right.Count);

    public static double? Result(State state) => state.Count == 0 ? null : Math.Exp(state.Logarithms / state.Count);
}

/// <summary>A state of objects, kept as JSON, and two parameters of which one can be null.</summary>
[SqlAggregate("word_counts", Doc = "The words of texts with how often they stand there.")]
public static class WordCounts
{
    public sealed class State
    {
        public Dictionary<string, long> Counts { get; init; } = [];
    }

    public static State Init() => new();

    public static State Add(State state, string text, string? separator = null)
    {
        foreach (string word in text.Split(separator ?? " ", StringSplitOptions.RemoveEmptyEntries))
        {
            state.Counts[word] = state.Counts.GetValueOrDefault(word) + 1;
        }

        return state;
    }

    public static State Merge(State left, State right)
    {
        foreach ((string word, long count) in right.Counts)
        {
            left.Counts[word] = left.Counts.GetValueOrDefault(word) + count;
        }

        return left;
    }

    public static string Result(State state) => string.Join(' ', state.Counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}"));
}
