using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>What every kind of column takes.</summary>
public abstract record FieldOptions
{
    [Description("Share of rows that are null, from 0 to 1.")]
    [Range(0.0, 1.0)]
    public double Nulls { get; init; }
}

/// <summary>Numbers that grow evenly with the row.</summary>
public sealed record SequenceField : FieldOptions
{
    [Description("Value of the first row.")]
    public long Start { get; init; } = 1;

    [Description("Added from row to row; may be negative.")]
    public long Step { get; init; } = 1;

    [Description("Rows after which the sequence starts anew. Default: never.")]
    [Range(1, (double)DatagenOptions.MaxRows)]
    public long? Cycle { get; init; }
}

/// <summary>Values of which each is as likely as another.</summary>
public sealed record UniformField : FieldOptions
{
    [Description("Least value, in the column's type. Default: what suits the type.")]
    [OptionExample("2024-01-01")]
    [OptionAnyScalar]
    public string? Min { get; init; }

    [Description("Greatest value, in the column's type. Default: what suits the type.")]
    [OptionExample("2024-12-31")]
    [OptionAnyScalar]
    public string? Max { get; init; }
}

/// <summary>The normal distribution.</summary>
public sealed record NormalField : FieldOptions
{
    [Description("Mean.")]
    public double Mean { get; init; }

    [Description("Standard deviation.")]
    [Range(0.0, 1e100)]
    public double Stddev { get; init; } = 1;

    [Description("What lies below is set to it.")]
    public double? Min { get; init; }

    [Description("What lies above is set to it.")]
    public double? Max { get; init; }
}

/// <summary>The exponential distribution.</summary>
public sealed record ExponentialField : FieldOptions
{
    [Description("Mean.")]
    [Range(0.0, 1e100)]
    public double Mean { get; init; } = 1;
}

/// <summary>Whole numbers of which the least is the most frequent: the k-th is as frequent as 1 / k^exponent.</summary>
public sealed record ZipfField : FieldOptions
{
    [Description("Least and most frequent value.")]
    public long Min { get; init; } = 1;

    [Description("Greatest and rarest value.")]
    public long Max { get; init; } = 1000;

    [Description("How steeply frequency falls; 0 makes all equally frequent.")]
    [Range(0.0, 20.0)]
    public double Exponent { get; init; } = 1;
}

/// <summary>One of some values.</summary>
public sealed record EnumField : FieldOptions
{
    [Description("The values, as text of the column's type.")]
    [OptionExample("[AAPL, MSFT, GOOG]")]
    [OptionAnyScalar]
    public required IReadOnlyList<string> Values { get; init; }

    [Description("How frequent each value is beside the others. Default: all alike.")]
    [OptionExample("[5, 3, 1]")]
    [OptionAnyScalar]
    public IReadOnlyList<string> Weights { get; init; } = [];
}

/// <summary>The same value in every row.</summary>
public sealed record ConstantField : FieldOptions
{
    [Description("The value, as text of the column's type; null when absent.")]
    [OptionAnyScalar]
    public string? Value { get; init; }
}

/// <summary>A number that moves up and down a little from row to row.</summary>
public sealed record RandomWalkField : FieldOptions
{
    [Description("Where the walk starts.")]
    public double Start { get; init; }

    [Description("Standard deviation of the change from a row to the next, or to the next with the same key.")]
    [Range(0.0, 1e100)]
    public double Step { get; init; } = 1;

    [Description("The walk turns around here.")]
    public double? Min { get; init; }

    [Description("The walk turns around here.")]
    public double? Max { get; init; }

    [Description("Column whose every value has a walk of its own: an enum, zipf, reference, boolean, or a sequence with cycle.")]
    [OptionExample("symbol")]
    public string? By { get; init; }
}

/// <summary>Times that grow evenly with the row, some of them late.</summary>
public sealed record TimeField : FieldOptions
{
    [Description("Time of the first row.")]
    public string Start { get; init; } = "2024-01-01 00:00:00";

    [Description("From row to row.")]
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(1);

    [Description("How far back a row that is out of order lies, at most. 0s: all in order.")]
    public TimeSpan Jitter { get; init; }

    [Description("Share of rows that are out of order, if there is jitter.")]
    [Range(0.0, 1.0)]
    public double Late { get; init; } = 0.1;
}

/// <summary>Random UUIDs (version 4).</summary>
public sealed record UuidField : FieldOptions
{
}

/// <summary>Random letters; in columns of bytes, random bytes.</summary>
public sealed record TextField : FieldOptions
{
    /// <summary>The most characters of a text.</summary>
    public const int Longest = 1 << 20;

    [Description("Fewest characters.")]
    [Range(0, Longest)]
    public int MinLength { get; init; } = 8;

    [Description("Most characters. Default: 16, or min_length if that is more.")]
    [Range(0, Longest)]
    public int? MaxLength { get; init; }

    [Description("The characters to choose from.")]
    public string Alphabet { get; init; } = "abcdefghijklmnopqrstuvwxyz";
}

/// <summary>Random words with spaces between them.</summary>
public sealed record WordsField : FieldOptions
{
    /// <summary>The most words of a text.</summary>
    public const int Most = 10_000;

    [Description("Fewest words.")]
    [Range(0, Most)]
    public int Min { get; init; } = 2;

    [Description("Most words. Default: 8, or min if that is more.")]
    [Range(0, Most)]
    public int? Max { get; init; }

    [Description("The words to choose from. Default: some common ones.")]
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>True or false.</summary>
public sealed record BooleanField : FieldOptions
{
    [Description("Share of rows that are true.")]
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 0.5;
}

/// <summary>A key of another generated table whose key is a sequence.</summary>
public sealed record ReferenceField : FieldOptions
{
    [Description("Rows of the table referred to.")]
    [Range(1, (double)DatagenOptions.MaxRows)]
    public required long Rows { get; init; }

    [Description("Start of the sequence that is its key.")]
    public long Start { get; init; } = 1;

    [Description("Step of that sequence.")]
    public long Step { get; init; } = 1;

    [Description("How much more frequent the first keys are, as the exponent of zipf; 0 makes all equally frequent.")]
    [Range(0.0, 20.0)]
    public double Exponent { get; init; }
}

/// <summary>Text with the values of other columns in it.</summary>
public sealed record TemplateField : FieldOptions
{
    [Description("The text. {n} is the number of the row from 0, {column} the value of a column of kind sequence, zipf, reference, boolean or enum, {column:6} the same with zeros in front up to six digits; {{ and }} are braces.")]
    [OptionExample("user-{id}")]
    public required string Template { get; init; }
}
