using System.Text.Json;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>What all functions that look into JSON do for a row: find the value that a path leads to, and report what is wrong.</summary>
internal readonly ref struct JsonRow
{
    private readonly TextArgument _json;
    private readonly TextArgument? _path;
    private readonly FixedArgument<long> _index;
    private readonly bool _hasIndex;
    private readonly JsonPathName _name;

    /// <param name="call">The call; its first argument is JSON.</param>
    /// <param name="name">Keeps the path.</param>
    /// <param name="path">Number of the argument that is a path, a name, or the number of an element; it can be left out.</param>
    public JsonRow(in KernelCall call, JsonPathName name, int path = 1)
    {
        _json = call.Text(0);
        _hasIndex = call.Has(path) && call.Arguments[path].Type.Id == TypeId.Int64;
        _path = call.Has(path) && !_hasIndex ? call.Text(path) : null;
        _index = _hasIndex ? call.Fixed<long>(path) : default;
        _name = name;
        Faults = call.Faults;
    }

    public RowFaults Faults { get; }

    public ReadOnlySpan<byte> Json(int row) => _json[row];

    /// <summary>The path of a row; null if it is not valid, which is reported.</summary>
    public JsonPath? Path(int row)
        => _hasIndex ? JsonPath.Of(JsonStep.Element(_index[row])) : _path is { } path ? _name.Find(path[row], row, Faults) : JsonPath.Of();

    /// <summary>The value that a path without wildcards leads to; false if there is none, or something is wrong.</summary>
    public bool TryFind(int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Path(row) is not { } path)
        {
            return false;
        }

        if (!path.IsSingle)
        {
            Faults.Add(row, FunctionErrors.JsonPathCode, "The path has a *, which can lead to many values; this function takes one. See json_query.");
            return false;
        }

        try
        {
            return JsonNavigation.TryFind(_json[row], path.Steps, out value);
        }
        catch (JsonException e)
        {
            Invalid(row, e);
            return false;
        }
    }

    public void Invalid(int row, JsonException e)
        => Faults.Add(row, FunctionErrors.JsonCode, $"{FunctionErrors.Show(_json[row])} is not valid JSON: {e.Message.Split(" LineNumber", 2)[0]}");

    /// <summary>Appends a string without its escapes, and anything else as it stands; null of JSON is null. False for what is no text, which becomes null.</summary>
    public bool TryAppendText(ReadOnlySpan<byte> value, int row, BinaryBuilder result)
    {
        Utf8JsonReader reader = JsonNavigation.Reader(value);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            result.AppendNull();
        }
        else if (reader.TokenType != JsonTokenType.String)
        {
            result.Append(value);
        }
        else
        {
            try
            {
                result.Commit(reader.CopyString(result.GetSpan(value.Length)));
            }
            catch (InvalidOperationException)
            {
                // An escape that is half of a character.
                Faults.Add(row, FunctionErrors.JsonCode, $"{FunctionErrors.Show(value)} is no text: it has half of a character.");
                result.AppendNull();
                return false;
            }
        }

        return true;
    }
}
