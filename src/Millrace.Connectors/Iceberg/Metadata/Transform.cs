using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>What a partition or sort field makes of a column.</summary>
public enum TransformKind
{
    Identity,
    Bucket,
    Truncate,
    Year,
    Month,
    Day,
    Hour,

    /// <summary>Always null: a partition field that was dropped from a table of version 1.</summary>
    Void,

    /// <summary>One of a newer version. Files can be read, pruning leaves it out, and nothing is written with it.</summary>
    Unknown,
}

/// <summary>A transform with its parameter. Equal by value; <see cref="ToString"/> is the form of the metadata.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Width">Buckets, or the width of a truncation; 0 otherwise.</param>
/// <param name="Name">Text of an unknown one.</param>
public sealed partial record Transform(TransformKind Kind, int Width = 0, string Name = "")
{
    public static Transform Identity { get; } = new(TransformKind.Identity);

    public static Transform Void { get; } = new(TransformKind.Void);

    /// <summary>Reads <c>bucket[16]</c>, <c>truncate[4]</c>, <c>day</c> and the like. What is not known is kept as it is.</summary>
    public static Transform Parse(string text)
    {
        if (Parameter().Match(text) is { Success: true } match)
        {
            return int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0
                ? new(match.Groups[1].Value == "bucket" ? TransformKind.Bucket : TransformKind.Truncate, width)
                : throw IcebergErrors.Transform($"'{text}' needs a positive number of 32 bits");
        }

        return text switch
        {
            "identity" => Identity,
            "void" => Void,
            "year" => new(TransformKind.Year),
            "month" => new(TransformKind.Month),
            "day" => new(TransformKind.Day),
            "hour" => new(TransformKind.Hour),
            _ => new(TransformKind.Unknown, 0, text),
        };
    }

    public override string ToString() => Kind switch
    {
        TransformKind.Bucket or TransformKind.Truncate => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}[{Width}]"),
        TransformKind.Unknown => Name,
        _ => Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Type of the result; null where the transform does not take the type.</summary>
    public IcebergPrimitive? ResultOf(IcebergType source) => source is not IcebergPrimitive from ? null : Kind switch
    {
        TransformKind.Identity or TransformKind.Void or TransformKind.Unknown => from,
        TransformKind.Bucket => from.Kind is IcebergKind.Boolean or IcebergKind.Float or IcebergKind.Double ? null : IcebergType.Int,
        TransformKind.Truncate => from.Kind is IcebergKind.Int or IcebergKind.Long or IcebergKind.Decimal or IcebergKind.String or IcebergKind.Binary ? from : null,
        TransformKind.Year or TransformKind.Month => from.Kind == IcebergKind.Date || from.IsTimestamp ? IcebergType.Int : null,

        // The specification says int; engines write it as a date, whose bytes are the same.
        TransformKind.Day => from.Kind == IcebergKind.Date || from.IsTimestamp ? IcebergType.Date : null,
        TransformKind.Hour => from.IsTimestamp ? IcebergType.Int : null,
        _ => null,
    };

    [GeneratedRegex(@"^(bucket|truncate)\[(\d+)\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
