using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>What is allowed in a part of a query, and where what is found there goes.</summary>
/// <param name="Name">The part, for messages: <c>WHERE</c>.</param>
internal sealed record Clause(string Name)
{
    /// <summary>Takes aggregates; null where there can be none.</summary>
    public AggregateCalls? Aggregates { get; init; }

    /// <summary>Takes calls over windows; null where there can be none.</summary>
    public WindowCalls? Windows { get; init; }

    /// <summary>What a name means as an alias of the SELECT list, where those can be used.</summary>
    public Func<Identifier, BoundExpression?>? Alias { get; init; }

    /// <summary>Whether a name is an alias that cannot be used here, for hints.</summary>
    public Func<Identifier, bool>? IsSelectAlias { get; init; }

    /// <summary>Whether this is inside the arguments of an aggregate.</summary>
    public bool InAggregate { get; init; }
}
