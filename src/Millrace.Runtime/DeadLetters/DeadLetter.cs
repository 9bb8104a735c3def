using System.Text.Json.Nodes;

namespace Millrace.Runtime;

/// <summary>A row that a job set aside, with all that is known of it and all that trying it again needs.</summary>
public sealed record DeadLetter
{
    /// <summary>The same for the same bad row however often its epoch is done; see <see cref="DeadLetterId"/>.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Job { get; init; }

    /// <summary>Hash of the job file that the run had; null for a job without one.</summary>
    public string? JobVersion { get; init; }

    /// <summary>The run that set the row aside.</summary>
    public required string Run { get; init; }

    /// <summary>The epoch that was committed without the row.</summary>
    public long Epoch { get; init; }

    public RowStage Stage { get; init; }

    /// <summary>Code of the last fault.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }

    public ErrorPlace Place { get; init; } = new();

    /// <summary>How far the source was read with the batch that the row came with.</summary>
    public JsonObject? Position { get; init; }

    /// <summary>How often the row was tried.</summary>
    public int Attempts { get; init; } = 1;

    public DateTimeOffset First { get; init; }

    public DateTimeOffset Last { get; init; }

    public RawForm Form { get; init; }

    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Bytes that the row had; more than <see cref="Raw"/> holds if it was cut.</summary>
    public long RawLength { get; init; }

    public bool IsCut => RawLength > Raw.Length;

    public IReadOnlyList<KeyValuePair<string, string?>> Fields { get; init; } = [];

    public ReadOnlyMemory<byte>? Key { get; init; }

    public IReadOnlyList<KeyValuePair<string, string?>> Headers { get; init; } = [];

    /// <summary>What decoding <see cref="Raw"/> again needs beside the job.</summary>
    public JsonObject? Context { get; init; }
}
