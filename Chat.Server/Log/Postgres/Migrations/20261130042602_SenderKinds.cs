using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SenderKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "UserKind",
                table: "Members",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ByKind",
                table: "Events",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SenderKind",
                table: "Events",
                type: "integer",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "UserKind",
                table: "Members");

            migrationBuilder.DropColumn(
                name: "ByKind",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "SenderKind",
                table: "Events");
        }
    }
}
