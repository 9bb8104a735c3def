namespace Millrace;

/// <summary>A row that could not be decoded, converted or written. It is data: where it goes is the job's decision.</summary>
/// <param name="Code">What kind of fault it is.</param>
/// <param name="Message">What was found and what was expected, as one sentence.</param>
/// <param name="Place">Where the row stands in its source.</param>
/// <param name="Raw">The original bytes of the row, cut at a limit that the reader states.</param>
public sealed record RowError(ErrorCode Code, string Message, ErrorPlace Place, ReadOnlyMemory<byte> Raw);

/// <summary>
/// Receives rows that a decoder or a conversion set aside. Called from the thread that decodes; several lanes may call
/// at once. Throwing ends the read: that is how <c>fail_batch</c> stops at the first bad row.
/// </summary>
public interface IRowErrorHandler
{
    void OnRowError(RowError error);
}

/// <summary>Turns the first bad row into an exception.</summary>
public sealed class FailOnRowError : IRowErrorHandler
{
    public static FailOnRowError Instance { get; } = new();

    public void OnRowError(RowError error) => throw error.Code.Error(error.Message, error.Place);
}
