namespace Millrace.Sql.Tests.Streaming;

/// <summary>One of the ways in which a stream can be run, which must make no difference.</summary>
/// <param name="BatchRows">Rows that are pushed in a round from each table.</param>
/// <param name="Lanes">Lanes of the query.</param>
public sealed record StreamVariant(int BatchRows, int Lanes)
{
    /// <summary>Splits that the rows of a table are dealt to, in turn.</summary>
    public int Splits { get; init; } = 1;

    /// <summary>
    /// Seed for the rounds after which the run is thrown away and begun again from its state; null for none. State is exported
    /// at random rounds, the rounds since the last export are repeated, and the number of lanes may change.
    /// </summary>
    public int? Restarts { get; init; }

    /// <summary>The usual ones: sizes of batches, numbers of lanes and splits, with restarts and without.</summary>
    public static IReadOnlyList<StreamVariant> Usual { get; } =
    [
        new(1, 1),
        new(3, 3) { Splits = 2 },
        new(7, 1) { Restarts = 1 },
        new(32, 3) { Restarts = 2, Splits = 3 },
        new(8192, 2),
    ];
}
