using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>What a schema of JSON says beyond its types.</summary>
public static class JsonSchema
{
    /// <summary>Property of a field of type varchar of which the sample held nothing but nulls: its first value decides on its type.</summary>
    public const string UnseenKey = "json.unseen";

    public static bool IsUnseen(Field field) => field.Metadata.ContainsKey(UnseenKey);

    internal static Field Unseen(Field field) => field.WithMetadata(UnseenKey, "true");
}
