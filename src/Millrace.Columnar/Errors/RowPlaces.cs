namespace Millrace;

/// <summary>Where the rows of a batch stand in their file: the lines they begin in, or their numbers where a file has no lines.</summary>
/// <param name="runs">Lines, from 1, or numbers of rows, from 0.</param>
/// <param name="areLines">Which of them.</param>
public sealed class RowPlaces(RowRuns runs, bool areLines)
{
    /// <summary>What is kept for it.</summary>
    public int Runs => runs.Count;

    /// <summary>The place of a row.</summary>
    /// <param name="row">Its number in the batch.</param>
    /// <param name="file">The file, and what is said where the place is not known.</param>
    public ErrorPlace Of(int row, ErrorPlace file) => runs.Find(row) switch
    {
        { } line when areLines => file with { Line = line },
        { } number => file with { Row = number, Split = null },
        _ => file,
    };
}
