using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Shapes that documents of tables and messages to catalogs are made of.</summary>
internal static class JsonShapes
{
    public static void WriteMember<T>(this Utf8JsonWriter json, string name, T value, Action<Utf8JsonWriter, T> write)
    {
        json.WritePropertyName(name);
        write(json, value);
    }

    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts) => json.WriteList(name, texts, (j, t) => j.WriteStringValue(t));

    public static void WriteMap(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> values)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
