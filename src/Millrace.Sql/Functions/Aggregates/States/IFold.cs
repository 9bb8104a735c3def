namespace Millrace.Sql.Functions;

/// <summary>What a group's state says at the end.</summary>
internal enum FoldResult
{
    Value,
    Null,

    /// <summary>The result does not fit its type.</summary>
    Overflow,
}

/// <summary>How a state of fixed size takes values in and what comes of it: all there is to say about most aggregates.</summary>
internal interface IFold<T, TState, TResult>
    where TState : unmanaged
{
    /// <summary>Whether values can be taken back.</summary>
    static virtual bool Retracts => false;

    /// <summary>Whether values can be shared out over several states in turn, since their order does not matter.</summary>
    static virtual bool Splits => false;

    static abstract void Add(ref TState state, T value);

    /// <summary>Adds a value several times, or takes it back if the weight is negative.</summary>
    static virtual void AddWeighted(ref TState state, T value, long weight) => throw new NotSupportedException("Rows cannot be taken back.");

    static abstract void Merge(ref TState into, in TState from);

    static abstract FoldResult Result(in TState state, out TResult result);
}
