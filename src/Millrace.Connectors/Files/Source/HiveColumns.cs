using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Files;

/// <summary>
/// The columns that the folders of a file set give. A column is bigint if all its values are whole numbers (a leading zero
/// makes text of it unless there are just two digits, as in months), date if all are ISO dates, and text otherwise.
/// </summary>
internal sealed class HiveColumns
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    private HiveColumns(Field[] fields) => Fields = fields;

    public static HiveColumns None { get; } = new([]);

    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The columns that an earlier look at the folders found.</summary>
    public static HiveColumns Of(IEnumerable<Field> fields) => new([.. fields]);

    public static HiveColumns Find(IReadOnlyList<FileEntry> files, HivePartitions mode)
    {
        if (mode == HivePartitions.Off || files.Count == 0)
        {
            return None;
        }

        List<string> keys = [.. HivePath.Parse(files[0].Key).Select(p => p.Key)];
        var kinds = new Dictionary<string, Kind>(StringComparer.Ordinal);
        foreach (FileEntry file in files)
        {
            List<KeyValuePair<string, string?>> pairs = HivePath.Parse(file.Key);
            if (!pairs.Select(p => p.Key).SequenceEqual(keys))
            {
                if (mode == HivePartitions.Auto)
                {
                    return None;
                }

                keys.AddRange(pairs.Select(p => p.Key).Where(k => !keys.Contains(k)));
            }

            foreach ((string key, string? value) in pairs)
            {
                if (value is not null)
                {
                    kinds[key] = kinds.GetValueOrDefault(key, Kind.Any) & KindsOf(value);
                }
            }
        }

        return new HiveColumns([.. keys.Distinct(StringComparer.Ordinal).Select(k => new Field(k, TypeOf(kinds.GetValueOrDefault(k, Kind.Text))))]);
    }

    /// <summary>The value of a column in a file, as a column of its own.</summary>
    public static ConstantColumn ValueOf(Field field, FileEntry file) => ParseValue(field, file) switch
    {
        null => ConstantColumn.Null(field.Type),
        long number => new ConstantColumn(field.Type, b => ((FixedBuilder<long>)b).Append(number)),
        int day => new ConstantColumn(field.Type, b => ((FixedBuilder<int>)b).Append(day)),
        var text => ConstantColumn.Text((string)text),
    };

    /// <summary>The value of a column in a file: a <see cref="long"/>, a day as <see cref="int"/>, a text or null.</summary>
    public static object? ParseValue(Field field, FileEntry file)
    {
        string? value = HivePath.Parse(file.Key).LastOrDefault(p => p.Key == field.Name).Value;
        if (value is null)
        {
            return null;
        }

        return field.Type.Id switch
        {
            TypeId.Int64 => long.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            TypeId.Date => DateOnly.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - Epoch,
            _ => value,
        };
    }

    private static DataType TypeOf(Kind kinds)
        => kinds.HasFlag(Kind.Number) ? DataType.Int64 : kinds.HasFlag(Kind.Date) ? DataType.Date : DataType.Utf8;

    private static Kind KindsOf(string value)
    {
        Kind kinds = Kind.Text;
        bool padded = value.Length > 2 && value.TrimStart('-').StartsWith('0');
        if (!padded && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && value[0] != '+')
        {
            kinds |= Kind.Number;
        }

        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            kinds |= Kind.Date;
        }

        return kinds;
    }

    [Flags]
    private enum Kind
    {
        Text = 1,
        Number = 2,
        Date = 4,
        Any = Text | Number | Date,
    }
}
