namespace Millrace.Sql.Streaming;

/// <summary>How the rows of an input are dealt to the lanes of a stage.</summary>
public enum ExchangeKind
{
    /// <summary>Each lane goes on with the rows that the same lane of the input gave.</summary>
    Keep,

    /// <summary>Rows with equal keys come to the same lane.</summary>
    ByKey,

    /// <summary>All rows come to one lane.</summary>
    Single,
}

/// <summary>How the rows of an input are dealt to the lanes of a stage.</summary>
/// <param name="Kind">How.</param>
/// <param name="Keys">Numbers of the key columns in the input's schema.</param>
public sealed record Exchange(ExchangeKind Kind, IReadOnlyList<int> Keys)
{
    public static Exchange Keep { get; } = new(ExchangeKind.Keep, []);

    public static Exchange Single { get; } = new(ExchangeKind.Single, []);

    /// <summary>By keys; without any, all rows belong together.</summary>
    public static Exchange By(params IReadOnlyList<int> keys) => keys.Count == 0 ? Single : new Exchange(ExchangeKind.ByKey, keys);
}

/// <summary>An input of a stage.</summary>
/// <param name="Stage">The stage whose rows it takes.</param>
/// <param name="Exchange">How they come to its lanes.</param>
public sealed record StageInput(StagePlan Stage, Exchange Exchange);
