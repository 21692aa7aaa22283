<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" hasScaleBasedVisibilityFlag="0" maxScale="0" simplifyMaxScale="1" styleCategories="AllStyleCategories" simplifyAlgorithm="0" symbologyReferenceScale="-1" simplifyDrawingHints="1" labelsEnabled="1" simplifyDrawingTol="1" minScale="100000000" simplifyLocal="1">
 <renderer-v2 forceraster="0" symbollevels="0" referencescale="-1" type="singleSymbol" enableorderby="0">
  <symbols>
   <symbol name="0" clip_to_extent="1" type="fill" alpha="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="color" type="QString" value="26,26,26,255" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="outline_color" type="QString" value="26,26,26,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="style" type="QString" value="no" />
     </Option>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="5;2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="255,255,255,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="1.3" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="0" />
     </Option>
    </layer>
    <layer class="SimpleLine" enabled="1" pass="0" locked="0">
     <Option type="Map">
      <Option name="capstyle" type="QString" value="flat" />
      <Option name="customdash" type="QString" value="5;2" />
      <Option name="customdash_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="line_color" type="QString" value="26,26,26,255" />
      <Option name="line_style" type="QString" value="solid" />
      <Option name="line_width" type="QString" value="0.6" />
      <Option name="line_width_unit" type="QString" value="MM" />
      <Option name="use_custom_dash" type="QString" value="0" />
     </Option>
    </layer>
   </symbol>
  </symbols>
  <rotation />
  <sizescale />
 </renderer-v2>
 <labeling type="rule-based">
  <rules key="{d7fcd2fc-6a2d-53ef-a2e6-d29cc5c12b56}">
   <rule description="number" key="{1d3c34c8-8788-522d-af4e-884235ce743f}" scalemindenom="30000">
    <settings calloutType="simple">
     <text-style textOrientation="horizontal" textOpacity="1" allowHtml="0" fontStrikeout="0" previewBkgrdColor="255,255,255,255" fontSize="9" fieldName="&quot;number&quot;" fontWeight="75" isExpression="1" fontSizeUnit="Point" fontWordSpacing="0" blendMode="0" capitalization="0" legendString="Aa" textColor="26,26,26,255" fontItalic="0" namedStyle="" fontFamily="DejaVu Sans" useSubstitutions="0" fontUnderline="0" fontLetterSpacing="0" multilineHeight="1" fontKerning="1">
      <families>
       <family name="Open Sans" />
       <family name="Noto Sans" />
       <family name="Segoe UI" />
       <family name="Helvetica Neue" />
       <family name="Arial" />
      </families>
      <text-buffer bufferNoFill="0" bufferBlendMode="0" bufferDraw="1" bufferSizeUnits="MM" bufferSize="0.90000000000000002" bufferOpacity="0.90000000000000002" bufferJoinStyle="128" bufferColor="255,255,255,255" />
     </text-style>
     <text-format useMaxLineLengthForAutoWrap="1" placeDirectionSymbol="0" formatNumbers="0" plussign="0" decimals="0" multilineAlign="1" addDirectionSymbol="0" autoWrapLength="0" wrapChar="" rightDirectionSymbol="&gt;" leftDirectionSymbol="&lt;" reverseDirectionSymbol="0" />
     <placement maxCurvedCharAngleIn="25" overrunDistance="0" repeatDistanceUnits="MM" overrunDistanceUnit="MM" yOffset="0" centroidWhole="1" polygonPlacementFlags="2" preserveRotation="1" geometryGeneratorEnabled="0" layerType="UnknownGeometry" repeatDistance="0" distUnits="MM" placementFlags="10" fitInPolygonOnly="0" offsetType="0" predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" rotationUnit="AngleDegrees" lineAnchorClipping="0" geometryGeneratorType="PointGeometry" quadOffset="4" placement="4" lineAnchorPercent="0.5" priority="8" offsetUnits="MapUnit" geometryGenerator="" xOffset="0" rotationAngle="0" centroidInside="1" dist="0" maxCurvedCharAngleOut="-25" lineAnchorType="0" />
     <rendering zIndex="0" fontMinPixelSize="0" obstacle="1" scaleVisibility="0" obstacleFactor="0.5" scaleMin="0" limitNumLabels="0" labelPerPart="0" drawLabels="1" fontLimitPixelSize="0" displayAll="1" unplacedVisibility="0" mergeLines="0" upsidedownLabels="0" minFeatureSize="0" obstacleType="0" fontMaxPixelSize="10000" maxNumLabels="2000" scaleMax="0" />
    </settings>
   </rule>
   <rule scalemaxdenom="30000" description="name" key="{5b95e310-8514-54c3-a9f1-7ed583aae1bd}">
    <settings calloutType="simple">
     <text-style textOrientation="horizontal" textOpacity="1" allowHtml="0" fontStrikeout="0" previewBkgrdColor="255,255,255,255" fontSize="9" fieldName="&quot;name&quot;" fontWeight="75" isExpression="1" fontSizeUnit="Point" fontWordSpacing="0" blendMode="0" capitalization="0" legendString="Aa" textColor="26,26,26,255" fontItalic="0" namedStyle="" fontFamily="DejaVu Sans" useSubstitutions="0" fontUnderline="0" fontLetterSpacing="0" multilineHeight="1" fontKerning="1">
      <families>
       <family name="Open Sans" />
       <family name="Noto Sans" />
       <family name="Segoe UI" />
       <family name="Helvetica Neue" />
       <family name="Arial" />
      </families>
      <text-buffer bufferNoFill="0" bufferBlendMode="0" bufferDraw="1" bufferSizeUnits="MM" bufferSize="0.90000000000000002" bufferOpacity="0.90000000000000002" bufferJoinStyle="128" bufferColor="255,255,255,255" />
     </text-style>
     <text-format useMaxLineLengthForAutoWrap="1" placeDirectionSymbol="0" formatNumbers="0" plussign="0" decimals="0" multilineAlign="1" addDirectionSymbol="0" autoWrapLength="16" wrapChar="" rightDirectionSymbol="&gt;" leftDirectionSymbol="&lt;" reverseDirectionSymbol="0" />
     <placement maxCurvedCharAngleIn="25" overrunDistance="0" repeatDistanceUnits="MM" overrunDistanceUnit="MM" yOffset="0" centroidWhole="1" polygonPlacementFlags="2" preserveRotation="1" geometryGeneratorEnabled="0" layerType="UnknownGeometry" repeatDistance="0" distUnits="MM" placementFlags="10" fitInPolygonOnly="0" offsetType="0" predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" rotationUnit="AngleDegrees" lineAnchorClipping="0" geometryGeneratorType="PointGeometry" quadOffset="4" placement="4" lineAnchorPercent="0.5" priority="8" offsetUnits="MapUnit" geometryGenerator="" xOffset="0" rotationAngle="0" centroidInside="1" dist="0" maxCurvedCharAngleOut="-25" lineAnchorType="0" />
     <rendering zIndex="0" fontMinPixelSize="0" obstacle="1" scaleVisibility="0" obstacleFactor="0.5" scaleMin="0" limitNumLabels="0" labelPerPart="0" drawLabels="1" fontLimitPixelSize="0" displayAll="0" unplacedVisibility="0" mergeLines="0" upsidedownLabels="0" minFeatureSize="0" obstacleType="0" fontMaxPixelSize="10000" maxNumLabels="2000" scaleMax="0" />
    </settings>
   </rule>
  </rules>
 </labeling>
 <layerGeometryType>2</layerGeometryType>
</qgis>
