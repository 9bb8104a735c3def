namespace Millrace.Connectors.Common;

/// <summary>Rows as a server sends them, found many at a time but not decoded.</summary>
internal interface IFoundRows
{
    /// <summary>Rows found by the last call of <see cref="ReadAsync"/>.</summary>
    int Rows { get; }

    /// <summary>Bytes so far.</summary>
    long BytesRead { get; }

    /// <summary>The values of a column in the rows last found. Dead after the next call of <see cref="ReadAsync"/>.</summary>
    FieldRun Field(int column);

    /// <summary>Finds the next rows; false at the end.</summary>
    ValueTask<bool> ReadAsync(CancellationToken cancellation);
}
