using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Bitrix24.Specs;

/// <summary>Checks the operations.</summary>
internal static partial class OperationRules
{
    private const long MinResponseSize = 1024;
    private const string Reference = "https://apidocs.bitrix24.com/";

    public static IEnumerable<SpecFinding> Descriptions(SpecDocument spec)
    {
        if (!spec.Operations.Any())
        {
            yield return new(["paths"], "the document has no operation.", "Describe at least one.");
        }

        foreach (var (method, operation) in spec.Operations)
        {
            if (!OperationId().IsMatch(operation.OperationId ?? string.Empty))
            {
                yield return SpecFinding.InOperation(
                    method,
                    $"operationId '{operation.OperationId}' is not a valid method name.",
                    "Use PascalCase with letters only, without Async. Example: AddCallList.");
            }

            if (string.IsNullOrWhiteSpace(operation.Summary) || string.IsNullOrWhiteSpace(operation.Description))
            {
                yield return SpecFinding.InOperation(
                    method, "summary or description is missing.", "Write both. They become the XML documentation.");
            }

            var page = operation.ExternalDocs?.Url?.ToString();
            if (page?.StartsWith(Reference, StringComparison.Ordinal) != true || Extension(operation, "x-reference") != page)
            {
                yield return SpecFinding.InOperation(
                    method,
                    "externalDocs and x-reference are not the same page of the reference.",
                    $"Set both to the address of the page, which starts with {Reference}");
            }
        }
    }

    public static IEnumerable<SpecFinding> Bodies(SpecDocument spec)
    {
        foreach (var (method, operation) in spec.Operations)
        {
            if (operation.RequestBody is { } body
                && SpecDocument.SchemaNameOf(SpecDocument.JsonOf(body.Content)) != operation.OperationId + "Request")
            {
                yield return SpecFinding.InOperation(
                    method,
                    $"the body of the request is not the schema {operation.OperationId}Request.",
                    "Use this name, and refer to the schema with $ref.");
            }

            var body200 = operation.Responses?.TryGetValue("200", out var response) == true ? SpecDocument.JsonOf(response.Content) : null;
            if (SpecDocument.SchemaNameOf(body200) != operation.OperationId + "Response")
            {
                yield return SpecFinding.InOperation(
                    method,
                    $"the response 200 is not the schema {operation.OperationId}Response.",
                    "Use this name, and refer to the schema with $ref.");
            }
            else if (body200!.Schema?.Properties?.ContainsKey("time") != true)
            {
                yield return SpecFinding.InOperation(
                    method,
                    $"{operation.OperationId}Response has no property time.",
                    "Add it: every response can contain ResponseTime.");
            }

            foreach (var finding in Statuses(method, operation))
            {
                yield return finding;
            }
        }
    }

    public static IEnumerable<SpecFinding> Idempotence(SpecDocument spec) =>
        from operation in spec.Operations
        let stated = Extension(operation.Operation, "x-idempotent")
        where stated is not ("true" or "false") || (stated == "true") != (Extension(operation.Operation, "x-unknown-outcome-hint") is null)
        select SpecFinding.InOperation(
            operation.Method,
            "it does not state what to do if the outcome is unknown.",
            "Set x-idempotent: true. Or set x-idempotent: false, and state in x-unknown-outcome-hint what to do.");

    public static IEnumerable<SpecFinding> ResponseSizes(SpecDocument spec) =>
        from operation in spec.Operations
        let stated = Extension(operation.Operation, "x-max-response-size")
        where stated is not null
            && !(long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size >= MinResponseSize)
        select SpecFinding.InOperation(
            operation.Method,
            $"x-max-response-size '{stated}' is not a valid response size.",
            "Use the size of the longest response in bytes, at least 1024.");

    private static IEnumerable<SpecFinding> Statuses(string method, OpenApiOperation operation)
    {
        if (operation.RequestBody is { } body && SpecDocument.JsonOf(body.Content)?.Examples is not { Count: > 0 })
        {
            yield return SpecFinding.InOperation(method, "the request has no example.", "Add at least the example of the reference.");
        }

        foreach (var response in operation.Responses ?? [])
        {
            if (SpecDocument.JsonOf(response.Value.Content)?.Examples is not { Count: > 0 })
            {
                yield return SpecFinding.InOperation(method, $"the response {response.Key} has no example.", "Add at least one.");
            }
        }

        foreach (var kind in "45".Where(kind => operation.Responses?.Keys.Any(status => status.StartsWith(kind)) != true))
        {
            yield return SpecFinding.InOperation(
                method, $"no response {kind}xx is described.", "Refer to the common responses in components/responses.");
        }
    }

    private static string? Extension(OpenApiOperation operation, string name) =>
        operation.Extensions?.TryGetValue(name, out var value) == true && value is JsonNodeExtension { Node: { } node }
            ? node.GetValueKind() switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => node.ToString() }
            : null;

    [GeneratedRegex("^[A-Z][A-Za-z]+$", RegexOptions.None, 1000)]
    private static partial Regex OperationId();
}
