using System.Globalization;
using System.Text;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>Folders of partitions: <c>ts_day=2024-03-05/country=de</c>. They only help people; readers go by the manifests.</summary>
internal static class PartitionPath
{
    // Longer names than disks and stores take.
    private const int LongestValue = 120;

    public static string Of(PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types, PartitionTuple partition)
    {
        var path = new StringBuilder();
        for (int i = 0; i < spec.Fields.Count; i++)
        {
            string value = Text(spec.Fields[i].Transform, types[i], partition[i]);
            path.Append(i == 0 ? "" : "/").Append(Escape(spec.Fields[i].Name)).Append('=').Append(Escape(value));
        }

        return path.ToString();
    }

    /// <summary>A partition value as people read it.</summary>
    public static string Text(Transform transform, IcebergPrimitive type, object? value) => (transform.Kind, value) switch
    {
        (_, null) => "null",
        (TransformKind.Year, int years) => (1970 + years).ToString("0000", CultureInfo.InvariantCulture),
        (TransformKind.Month, int months) => Month(months),
        (TransformKind.Hour, int hours) => string.Create(
            CultureInfo.InvariantCulture, $"{SingleValueJson.Format(IcebergType.Date, (int)FloorMath.Divide(hours, 24))}-{FloorMath.Modulo(hours, 24):00}"),
        (_, byte[] bytes) when type.Kind != IcebergKind.Uuid => Convert.ToBase64String(bytes),
        (TransformKind.Unknown, _) when !SingleValue.IsOf(type, value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        _ => SingleValueJson.Format(type, value),
    };

    private static string Month(int months)
        => string.Create(CultureInfo.InvariantCulture, $"{1970 + FloorMath.Divide(months, 12):0000}-{FloorMath.Modulo(months, 12) + 1:00}");

    private static string Escape(string text)
    {
        string escaped = Uri.EscapeDataString(text);
        return escaped.Length <= LongestValue ? escaped : escaped[..LongestValue].TrimEnd('%');
    }
}
