using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Where dead letters are kept and how many.</summary>
[OptionShorthand("path")]
public sealed record DeadLetterSpec
{
    [Description("Folder for dead letters, with a folder a tenant and job in it.")]
    [OptionExample("rejected")]
    public string Path { get; init; } = ".millrace/dead-letters";

    [Description("Bytes that the letters of the job may take on disk.")]
    [Range(1L, long.MaxValue)]
    public ByteSize MaxSize { get; init; } = new(1L << 30);

    [Description("Age at which letters are removed; they are kept until somebody removes them if left out. Whole epochs are removed when their youngest letter is older.")]
    [OptionExample("90d")]
    public TimeSpan? MaxAge { get; init; }

    [Description("What happens when letters would take more than max_size: the job fails, or the oldest letters are removed, which the summary of the run then counts.")]
    public WhenFull WhenFull { get; init; }
}

/// <summary>What happens when there is no room for another dead letter.</summary>
public enum WhenFull
{
    Fail,
    Oldest,
}
