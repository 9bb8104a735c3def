using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Millrace;

/// <summary>A row that could not be decoded, converted or written. It is data: where it goes is the job's decision.</summary>
/// <param name="Code">What kind of fault it is.</param>
/// <param name="Message">What was found and what was expected, as one sentence.</param>
/// <param name="Place">Where the row stands in its source.</param>
/// <param name="Raw">The original bytes of the row, or the row as JSON; see <see cref="RawForm"/>. Valid during the call only.</param>
public sealed record RowError(ErrorCode Code, string Message, ErrorPlace Place, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Bytes of a bad row that readers keep; a longer one is cut there, and <see cref="RawLength"/> tells.</summary>
    public const int MaxRaw = 16 << 20;

    public ErrorCode Code { get; init; } = OfARow(Code);

    public RowStage Stage { get; init; }

    public RawForm Form { get; init; }

    /// <summary>Bytes that the row has in its source, if more than <see cref="Raw"/> holds.</summary>
    public long RawLength { get; init; } = Raw.Length;

    /// <summary>The row's fields by name, where they could be told apart; null for a field without a value.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Fields { get; init; } = [];

    /// <summary>Key of a message, for sources whose rows are messages.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Headers of a message.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Headers { get; init; } = [];

    /// <summary>How far the source was read with the batch that the row came with, as its position says.</summary>
    public JsonObject? Position { get; init; }

    /// <summary>
    /// What decoding <see cref="Raw"/> again needs beside the job: names of columns, the dialect found. Rows of one file share
    /// one instance, which nobody changes.
    /// </summary>
    public JsonObject? Context { get; init; }

    private static ErrorCode OfARow(ErrorCode code)
    {
        Debug.Assert(code.Class == ErrorClass.Data, $"{code.Id} is reported for a row, but is not of class Data.");
        return code;
    }
}

/// <summary>Which part of a run found a row bad.</summary>
public enum RowStage
{
    /// <summary>The bytes make no row.</summary>
    Decode,

    /// <summary>The row does not fit the target's columns.</summary>
    Convert,

    /// <summary>The row came after its window was closed.</summary>
    Window,

    /// <summary>The row breaks a rule of its contract.</summary>
    Contract,
}

/// <summary>What <see cref="RowError.Raw"/> holds.</summary>
public enum RawForm
{
    /// <summary>The bytes as they stand in the source; text is in UTF-8 whatever the source's encoding.</summary>
    Source,

    /// <summary>The decoded row as a JSON object whose members are named as in the source.</summary>
    Json,
}

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
