namespace Millrace.Formats.Json;

/// <summary>What decoders of one column need to know.</summary>
/// <param name="Declared">Somebody chose the type, so a text that holds a number is taken as one; otherwise the column asks for another type.</param>
/// <param name="LoneSurrogates">What becomes of half a surrogate pair.</param>
/// <param name="Bytes">How bytes stand in texts.</param>
/// <param name="UnknownFields">What a nested object does with a field that its type does not have.</param>
/// <param name="Scratch">Memory that decoders share for texts whose escapes are undone.</param>
internal sealed record DecoderOptions(bool Declared, JsonLoneSurrogates LoneSurrogates, JsonBytes Bytes, JsonUnknownFields UnknownFields, JsonScratch Scratch);
