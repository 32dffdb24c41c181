using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>The result of a method that says how many rows there are.</summary>
internal sealed record CountedRows(JArray Rows);
