using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Represents a result that is returned with its total number of rows.</summary>
internal sealed record CountedRows(JArray Rows);
