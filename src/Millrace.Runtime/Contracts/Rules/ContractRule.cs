using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// A rule about the values of one column, looked at batch by batch. Rules hold no state that changes; several lanes use one.
/// </summary>
internal abstract class ContractRule(string column, string kind, ErrorCode code)
{
    /// <summary>Name in messages: <c>amount.range</c>.</summary>
    public string Name { get; } = $"{column}.{kind}";

    public string Column => column;

    public ErrorCode Code => code;

    /// <summary>Whether the value may stand in messages.</summary>
    public bool ShowsValues { get; init; } = true;

    /// <summary>What the rule asks for, as the end of a sentence: <c>expected 0 to 100</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Whether all rows keep the rule, told without looking at each; false if that takes a look.</summary>
    public abstract bool HoldsForAll(Column column);

    /// <summary>Sets a bit for each row that breaks the rule.</summary>
    public abstract void Mark(Column column, Span<ulong> broken);

    protected static void Break(Span<ulong> broken, int row) => broken[row >> 6] |= 1UL << (row & 63);
}
